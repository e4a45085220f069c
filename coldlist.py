import sys,subprocess,re
sys.path.insert(0,'/work/main')
from tests.benchmarks import server
from tests.benchmarks.starting import FIRST_ANSWERS
def run(name,url):
    p=subprocess.run([sys.executable,'-X','importtime','-c',FIRST_ANSWERS[name],url],stderr=subprocess.PIPE,text=True,cwd='/work/main')
    d={}
    for l in p.stderr.splitlines():
        m=re.match(r'import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)',l)
        if m: d[m[4]]=(int(m[1]),int(m[2]))
    return d
with server.running() as url:
    raws=[run('httpx',url) for _ in range(7)]; ours=[run('outpostkit',url) for _ in range(7)]
    med=lambda rs,k:sorted(r.get(k,(0,0))[0] for r in rs)[0]
    print('total self ours',sum(med(ours,k) for k in ours[0]),'raw',sum(med(raws,k) for k in raws[0]))
    extra=sorted(((med(ours,k),k) for k in ours[0] if k not in raws[0]),reverse=True)
    print('extra',sum(x for x,_ in extra),len(extra))
    for x,k in extra[:60]: print(x,k)
    extra=sorted(((med(raws,k),k) for k in raws[0] if k not in ours[0]),reverse=True)
    print('raw only',sum(x for x,_ in extra),len(extra),extra[:10])
