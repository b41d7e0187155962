-- fork / COW / lock-free GUP pin race (Murphi); bench/peers fills in the sizes
const N: @N; G: @G; R: @R; SEQ: @SEQ; BIAS: 16;
type page: 0..N-1; frame: 0..3*N-1; gid: 0..G-1; bit: 0..1;
var seq: 0..2; hp: bit; ptlP: bit; ptlC: bit; apc: 0..21; ai: page; ahp: bit; cpc: 0..13; ci: page;
 pf: array[page] of frame; pw: array[page] of bit; cf: array[page] of frame; cw: array[page] of bit; cp: array[page] of bit;
 rc: array[frame] of 0..63; mc: array[frame] of 0..3; dat: array[frame] of 0..3;
 gpc: array[gid] of 0..9; gf: array[gid] of frame; gs: array[gid] of 0..2; gr: array[gid] of 0..R-1;
procedure putp(f: frame; n: 0..16); begin rc[f] := rc[f] - n; if rc[f] = 0 then dat[f] := 0; endif; endprocedure;
procedure gEnd(g: gid); begin gf[g] := 0; gs[g] := 0; if gr[g]+1 < R then gr[g] := gr[g]+1; gpc[g] := 0; else gpc[g] := 9; endif; endprocedure;

rule "parent" apc < 21 & !((apc = 2 | apc = 13) & ptlP = 1) ==>
begin
 switch apc
 case 0: seq := seq+1; apc := 1;
 case 1: ahp := hp; apc := 2;
 case 2: ptlP := 1; apc := 3;
 case 3: if ahp = 1 & rc[pf[ai]] >= BIAS then apc := 4; else apc := 6; endif;
 case 4: rc[N+ai] := 1; mc[N+ai] := 1; dat[N+ai] := dat[pf[ai]]; apc := 5;
 case 5: cf[ai] := N+ai; cw[ai] := 1; cp[ai] := 1; apc := 10;
 case 6: rc[pf[ai]] := rc[pf[ai]]+1; apc := 7;
 case 7: mc[pf[ai]] := mc[pf[ai]]+1; apc := 8;
 case 8: pw[ai] := 0; apc := 9;
 case 9: cf[ai] := pf[ai]; cw[ai] := 0; cp[ai] := 1; apc := 10;
 case 10: ptlP := 0; if ai+1 < N then ai := ai+1; apc := 2; else ai := 0; apc := 11; endif;
 case 11: seq := seq+1; ahp := 0; cpc := 1; apc := 12;
 case 12: if pw[ai] = 1 then dat[pf[ai]] := 1; if ai+1 < N then ai := ai+1; else ai := 0; apc := 21; endif; else apc := 13; endif;
 case 13: ptlP := 1; apc := 14;
 case 14: if rc[pf[ai]] = 1 then apc := 15; else apc := 16; endif;
 case 15: pw[ai] := 1; apc := 20;
 case 16: rc[2*N+ai] := 1; mc[2*N+ai] := 1; dat[2*N+ai] := dat[pf[ai]]; apc := 17;
 case 17: pf[ai] := 2*N+ai; pw[ai] := 1; apc := 18;
 case 18: mc[ai] := mc[ai]-1; apc := 19;
 case 19: putp(ai,1); apc := 20;
 case 20: ptlP := 0; apc := 12;
 endswitch;
endrule;

rule "child" cpc > 0 & cpc < 13 & !(cpc = 2 & ptlC = 1) ==>
begin
 switch cpc
 case 1: if cw[ci] = 1 then dat[cf[ci]] := 2; if ci+1 < N then ci := ci+1; else ci := 0; cpc := 10; endif; else cpc := 2; endif;
 case 2: ptlC := 1; cpc := 3;
 case 3: if rc[cf[ci]] = 1 then cpc := 4; else cpc := 5; endif;
 case 4: cw[ci] := 1; cpc := 9;
 case 5: rc[N+ci] := 1; mc[N+ci] := 1; dat[N+ci] := dat[cf[ci]]; cpc := 6;
 case 6: cf[ci] := N+ci; cw[ci] := 1; cpc := 7;
 case 7: mc[ci] := mc[ci]-1; cpc := 8;
 case 8: putp(ci,1); cpc := 9;
 case 9: ptlC := 0; cpc := 1;
 case 10: cp[ci] := 0; cw[ci] := 0; cpc := 11;
 case 11: mc[cf[ci]] := mc[cf[ci]]-1; cpc := 12;
 case 12: putp(cf[ci],1); cf[ci] := 0; if ci+1 < N then ci := ci+1; cpc := 10; else ci := 0; cpc := 13; endif;
 endswitch;
endrule;

ruleset g: gid do
rule "gup" gpc[g] < 9 ==>
begin
 switch gpc[g]
 case 0: hp := 1; if SEQ then gpc[g] := 1; else gpc[g] := 2; endif;
 case 1: if seq = 1 then gEnd(g); else gs[g] := seq; gpc[g] := 2; endif;
 case 2: if pw[g % N] = 0 then gEnd(g); else gf[g] := pf[g % N]; gpc[g] := 3; endif;
 case 3: if rc[gf[g]] = 0 then gEnd(g); else rc[gf[g]] := rc[gf[g]]+BIAS; gpc[g] := 4; endif;
 case 4: if pf[g % N] = gf[g] & pw[g % N] = 1 then if SEQ then gpc[g] := 5; else gpc[g] := 6; endif; else gpc[g] := 8; endif;
 case 5: if seq = gs[g] then gs[g] := 0; gpc[g] := 6; else gpc[g] := 8; endif;
 case 6: dat[gf[g]] := 3; gpc[g] := 7;
 case 7: putp(gf[g],BIAS); gEnd(g);
 case 8: putp(gf[g],BIAS); gEnd(g);
 endswitch;
endrule; endruleset;

startstate begin
 seq := 0; hp := 0; ptlP := 0; ptlC := 0; apc := 0; ai := 0; ahp := 0; cpc := 0; ci := 0;
 for p: page do pf[p] := p; pw[p] := 1; cf[p] := 0; cw[p] := 0; cp[p] := 0; endfor;
 for f: frame do rc[f] := 0; mc[f] := 0; dat[f] := 0; endfor;
 for p: page do rc[p] := 1; mc[p] := 1; endfor;
 for g: gid do gpc[g] := 0; gf[g] := 0; gs[g] := 0; gr[g] := 0; endfor;
endstartstate;

invariant "coherent pin" forall g: gid do (gpc[g] = 6 | gpc[g] = 7) -> pf[g % N] = gf[g] endforall;
