/* Lock-free look-up in a page cache against reclaim.  spin -a -DN=2 -DG=2 lookup.pml
 * Every transition is one atomic step; same steps as bench/lookup/paths.ts. */
#define F (2*N)
bit lk; byte at[N]; byte ref[F]; bit freed[F]; byte got[G]; bit held[G];
#define OK(g) (!(held[g]) || !freed[got[g]-1])

proctype Reclaimer() { byte i;
Lock: atomic { lk==0 -> lk=1 };
 atomic { if :: at[i]!=0 -> if :: ref[at[i]-1]==1 -> ref[at[i]-1]=0; goto Clear :: else -> goto Skip fi :: else -> goto Skip fi };
Clear: atomic { at[i]=0 };
 atomic { lk=0 };
 atomic { freed[i]=1; assert(!(held[0]) || !freed[got[0]-1]); goto Next };
Skip: atomic { lk=0 };
Next: atomic { if :: i+1<N -> i++; goto Lock :: else -> i=0; goto Done fi };
Done: end: false }

proctype Filler() { byte i;
Look: atomic { if :: at[i]==0 -> goto Lock :: else -> goto Next fi };
Lock: atomic { lk==0 -> lk=1 };
 atomic { ref[N+i]=1 };
 atomic { at[i]=N+i+1 };
 atomic { lk=0 };
Next: atomic { if :: i+1<N -> i++; goto Look :: else -> i=0; goto Done fi };
Done: end: false }

proctype Reader(byte g; byte p) {
Load: atomic { if :: at[p]==0 -> goto Done :: else -> got[g]=at[p] fi };
 atomic { if :: ref[got[g]-1]!=0 -> ref[got[g]-1]=ref[got[g]-1]+1 :: else -> got[g]=0; goto Load fi };
 atomic { if :: at[p]==got[g] -> held[g]=1; assert(OK(g)) :: else -> goto Drop fi };
 atomic { held[g]=0 };
 atomic { ref[got[g]-1]=ref[got[g]-1]-1; got[g]=0; goto Done };
Drop: atomic { ref[got[g]-1]=ref[got[g]-1]-1; got[g]=0; goto Load };
Done: end: false }

init { atomic { byte k; k=0; do :: k<N -> at[k]=k+1; ref[k]=1; k++ :: else -> break od; k=0;
  run Reclaimer(); run Filler(); do :: k<G -> run Reader(k,k%N); k++ :: else -> break od; k=0 } ; done: end: false }
