/* Objects that are freed with their last reference: the steps of references.mjs, an atomic each. */
#define M 3
#define U 7
#define BAD(u) (uses[u] && freed[u%M])
#define CHECK assert(!BAD(0) && !BAD(1) && !BAD(2) && !BAD(3) && !BAD(4) && !BAD(5) && !BAD(6))
byte ref[M]; bit freed[M]; bit uses[U];

proctype Owner(byte i) {
 atomic { ref[i]=ref[i]-1; if :: ref[i]==0 -> goto Free :: else -> goto Done fi };
Free: atomic { freed[i]=1; CHECK };
Done: end: false }

proctype User(byte me; byte i) { byte seen;
Load: atomic { seen=ref[i]; if :: seen==0 -> goto Done :: else fi };
 atomic { if :: ref[i]==seen -> ref[i]=seen+1; seen=0 :: else -> seen=0; goto Load fi };
 atomic { uses[me]=1; CHECK };
 atomic { uses[me]=0 };
 atomic { ref[i]=ref[i]-1; if :: ref[i]==0 -> goto Free :: else -> goto Done fi };
Free: atomic { freed[i]=1; CHECK };
Done: end: false }

init { atomic { byte k; k=0; do :: k<M -> ref[k]=1; run Owner(k); k++ :: else -> break od; k=0;
  do :: k<U -> run User(k,k%M); k++ :: else -> break od; k=0 }; done: end: false }
