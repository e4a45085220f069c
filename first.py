import sys,time,cProfile,pstats
sys.path.insert(0,'/work/main')
from tests.benchmarks import server
with server.running() as url:
    import httpx
    from outpostkit import Client
    c=Client('t',base_url=url)
    p=cProfile.Profile(); p.enable(); c.user; p.disable()
    pstats.Stats(p).sort_stats('tottime').print_stats(22)
