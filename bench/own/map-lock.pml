/* A lock for many readers or one writer: the steps of map-lock.mjs, an atomic each. */
#define W 2
#define R 6
#define M 2
byte readers[M]; bit writer[M]; byte from[M]; byte to[M]; bit torn[R+W];

proctype Writer(byte me; byte m) { byte f;
 atomic { writer[m]==0 && readers[m]==0 -> writer[m]=1 };
 atomic { from[m]=from[m]+1 };
 atomic { to[m]=to[m]+1 };
 atomic { writer[m]=0; readers[m]=readers[m]+1 };
 atomic { f=from[m] };
 atomic { if :: to[m]!=f -> torn[me]=1; assert(false) :: else fi; f=0 };
 atomic { readers[m]=readers[m]-1 };
end: false }

proctype Reader(byte me; byte m) { byte f; byte left;
 atomic { left=M };
Take: atomic { writer[m]==0 -> readers[m]=readers[m]+1 };
 atomic { f=from[m] };
 atomic { if :: to[m]!=f -> torn[me]=1; assert(false) :: else fi; f=0 };
 atomic { readers[m]=readers[m]-1; if :: m+1==M -> m=0 :: else -> m=m+1 fi; left=left-1;
   if :: left>0 -> goto Take :: else -> m=0; goto Done fi };
Done: end: false }

init { atomic { byte k; k=0; do :: k<W -> run Writer(R+k,k%M); k++ :: else -> break od; k=0;
  do :: k<R -> run Reader(k,k%M); k++ :: else -> break od; k=0 }; done: end: false }
