"""Reads a stream of trades like the original system: websockets, json, one-minute bars.

Usage: python_ingest.py URL. Prints the number of trades and the seconds from the first to the last.
"""

import asyncio
import json
import sys
import time

import websockets


async def main(url):
    bars = {}
    trades = 0
    started = None
    async with websockets.connect(url, compression=None) as socket:
        async for message in socket:
            if started is None:
                started = time.perf_counter()
            event = json.loads(message)["data"]
            symbol = event["s"]
            price = float(event["p"])
            quantity = float(event["q"])
            minute = event["T"] // 60_000
            bar = bars.get(symbol)
            if bar is None or bar["minute"] != minute:
                bars[symbol] = {
                    "minute": minute, "open": price, "high": price, "low": price, "close": price,
                    "volume": quantity, "quote_volume": price * quantity, "num_trades": 1,
                }
            else:
                bar["high"] = max(bar["high"], price)
                bar["low"] = min(bar["low"], price)
                bar["close"] = price
                bar["volume"] += quantity
                bar["quote_volume"] += price * quantity
                bar["num_trades"] += 1
            trades += 1
    print(trades, time.perf_counter() - started)


asyncio.run(main(sys.argv[1]))
