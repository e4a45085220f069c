"""Measure the SDK side by side with raw httpx: ``make bench``.

Ratios are what counts: each is formed between neighbours in one run, so that a busy machine slows
both sides. Run it with an interpreter that has the SDK core and nothing else, because httpx imports
its own command line, and with it rich, where rich is installed.
"""

from tests.benchmarks import import_time

if __name__ == "__main__":
    import_time.main()
