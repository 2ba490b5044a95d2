"""Pairs of names beside the labelled ones, so that what is learnt carries over to lists: aliases of one party and names of
different parties (UN and OFAC lists), names in two scripts joined from single names, one character changed in Han and
Hangul, typing errors and other orders. build(folder) gives rows (schema, name, name, label, kind); the same every time.
"""
import csv, gzip, random, re
import xml.etree.ElementTree as ET

def build(B, seed=7):
    B = B + "/"
    R=random.Random(seed); rows=[]  # (schema,a,b,label,kind)
    t=ET.parse(gzip.open(B+'lists/un_sc_consolidated_2026-02-27.xml.gz')).getroot()
    g=lambda e,k:(e.findtext(k) or '').strip()
    parties=[]
    for tag,schema in (('INDIVIDUAL','Person'),('ENTITY','Organization')):
        for e in t.iter(tag):
            name=' '.join(x for x in (g(e,k) for k in('FIRST_NAME','SECOND_NAME','THIRD_NAME','FOURTH_NAME')) if x)
            o=g(e,'NAME_ORIGINAL_SCRIPT'); al=[]
            for a in e.iter(tag+'_ALIAS'):
                n=g(a,'ALIAS_NAME'); q=g(a,'QUALITY')
                if n and q!='Low': al.append(n)
            parties.append((schema,name,al,o))
            if o and len(o)<120:
                for oo in re.split(r'[;؛]| / ',o)[:1]: rows.append((schema,name,oo.strip(),1,'orig'))
            for n in R.sample(al,min(2,len(al))): rows.append((schema,name,n,1,'alias'))
    ofac={}
    def rd(f): return list(csv.reader(gzip.open(B+'lists/'+f,'rt',encoding='latin-1')))
    for r in rd('ofac_sdn_2021-07-07_sdn.csv.gz'):
        if len(r)>2: ofac[r[0]]=({'individual':'Person','vessel':'Vessel'}.get(r[2].strip(),'Company'),r[1].strip())
    alts=[r for r in rd('ofac_sdn_2021-07-07_alt.csv.gz') if len(r)>3 and r[0] in ofac]
    R.shuffle(alts)
    for r in alts[:2500]:
        s,n=ofac[r[0]]; rows.append((s,n,r[3].strip(),1,'alias'))
    # hard negatives: share a rare-ish token
    idx={}
    allp=[(s,n) for s,n,_,_ in parties]+list(ofac.values())
    R.shuffle(allp)
    for i,(s,n) in enumerate(allp):
        for w in set(re.findall(r'[a-z]{3,}',n.lower())): idx.setdefault((s if s!='Organization' else 'Company',w),[]).append(i)
    for i,(s,n) in enumerate(allp[:3500]):
        ws=sorted(set(re.findall(r'[a-z]{3,}',n.lower()))); R.shuffle(ws)
        for w in ws[:1]:
            c=idx[(s if s!='Organization' else 'Company',w)]
            if len(c)>1:
                j=R.choice(c)
                if j!=i and sorted(allp[j][1].lower())!=sorted(n.lower()): rows.append((s,n,allp[j][1],0,'neg'))
        j=R.randrange(len(allp))
        if i%4==0 and allp[j][0]==s and j!=i: rows.append((s,n,allp[j][1],0,'negrand'))
    # cross-script full names from tokens
    T={}
    for r in csv.DictReader(gzip.open(B+'bench/xlit_name_tokens.csv.gz','rt',encoding='utf-8')): T.setdefault(r['script'],[]).append((r['latin'],r['native']))
    for sc,L in T.items():
        sep='・' if sc in('katakana','japanese') else '·' if sc=='chinese' else ' '
        srt=sorted(L); pos={x:i for i,x in enumerate(srt)}
        for _ in range(330):
            k=R.choice([2,2,2,3]); p=R.sample(L,k); lat=' '.join(x[0].title() for x in p); nat=sep.join(x[1] for x in p)
            rows.append(('Person',lat,nat,1,'xlit'))
            u=R.random()
            q=list(p); m=R.randrange(k)
            q[m]=R.choice(L) if u<.4 else srt[max(0,min(len(srt)-1,pos[q[m]]+R.choice([-40,-15,-8,8,15,40])))]
            if q[m][0][:4]!=p[m][0][:4]: rows.append(('Person',lat,sep.join(x[1] for x in q),0,'xlit'))
            if u<.6: rows.append(('Person',lat,sep.join(x[1] for x in R.sample(L,R.choice([2,3]))),0,'xlit'))
    # orig-script negatives
    orig=[(s,n,o) for s,n,_,o in parties if o and len(o)<120]
    for s,n,o in orig:
        s2,n2,o2=R.choice(orig)
        if s2==s and n2!=n: rows.append((s,n,o2,0,'orig'))
    # joined scripts, one character changed
    sur='王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗'; giv='伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文国建志永海龙飞云玉梅红春天东林森波鹏'
    ks='김이박최정강조윤장임한오서신권황안송류홍'; kg='민준서예지우현수영성철호진은정희경태훈상동재광석용남일미'
    for _ in range(150):
        for S,G in((sur,giv),(ks,kg)):
            n=R.choice(S)+R.choice(G)+R.choice(G); i=R.randrange(3); c=R.choice(S if i==0 else G); m=n[:i]+c+n[i+1:]
            if m!=n: rows.append(('Person',n,m,0,'han'))
            if R.random()<.3: rows.append(('Person',n,n,1,'han'))
    # words written backwards, half of them with two neighbours exchanged
    def backwards(w):
        i=R.randrange(len(w)-1); m=w[::-1]
        return m if R.random()<.5 else m[:i]+m[i+1]+m[i]+m[i+2:]
    long=[(s,n) for s,n in allp if s=='Person' and n.isascii() and len([w for w in n.split() if len(w)>=5])>=2 and len(n)<40]
    for s,n in R.sample(long,160):
        words=n.split(); at=[i for i,w in enumerate(words) if len(w)>=5]
        for i in at if R.random()<.4 else [R.choice(at)]: words[i]=backwards(words[i])
        if words!=n.split(): rows.append((s,n,' '.join(words),1,'backwards'))
    # people of the UN list as they stand there and as they were distorted
    seen = {}
    for r in csv.DictReader(gzip.open(B+'bench/person_positives_un.csv.gz','rt',encoding='utf-8')):
        seen.setdefault(r['row'], []).append(r['full_name'])
    rows += [('Person', v[0], v[1], 1, 'treated') for v in seen.values() if len(v) == 2]
    # typos and reorderings of listed names
    ppl=[x for x in allp if 6<len(x[1])<50]
    for s,n in R.sample(ppl,700):
        m=list(n); i=R.randrange(1,len(m)-1); op=R.random()
        if op<.25: m[i],m[i+1 if i+1<len(m) else i]=m[i+1 if i+1<len(m) else i],m[i]
        elif op<.5: del m[i]
        elif op<.75: m.insert(i,R.choice('aeioustrnl'))
        elif op<.85: m[i]=R.choice('aeioustrnlkm')
        m=''.join(m)
        if R.random()<.4: w=m.replace(',','').split(); R.shuffle(w); m=' '.join(w)
        if any(ch.isdigit() for ch in n): continue
        rows.append((s,n,m,1,'typo'))
    return rows
