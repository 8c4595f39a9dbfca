// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace semblance::html {

/// The page's style sheet: light, dark and print from one set of colours.
inline constexpr const char* kStyle = R"css(
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1b2330;--quiet:#5d6878;--rule:#dfe3ea;
--real:#aeb8c6;--synthetic:#0f8b8d;--holdout:#d97706;--floor:#9b5de5;--error:#d1495b;--good:#1a7f4b;--fair:#a36200;
--weak:#bb2d3b;--tint:#eef1f5}
@media(prefers-color-scheme:dark){:root{--ground:#0f141b;--card:#171e28;--ink:#e7ebf1;--quiet:#97a3b4;
--rule:#2a3442;--real:#536174;--synthetic:#3cc7c3;--holdout:#f2a541;--floor:#b794f6;--error:#f07a88;--good:#57c98c;
--fair:#e5b567;--weak:#f08a94;--tint:#1f2834}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1180px;margin:0 auto;padding:36px 24px 64px}
h1{font-size:30px;line-height:1.2;margin:0 0 6px;letter-spacing:-.02em;text-wrap:balance}
h2{font-size:20px;margin:44px 0 4px;letter-spacing:-.01em}
h3{font-size:15px;margin:0;font-weight:600}
p{margin:6px 0 14px;max-width:76ch}
.quiet,.facts,figcaption{color:var(--quiet)}
.facts{display:flex;flex-wrap:wrap;gap:4px 22px;margin:10px 0 0;padding:0;list-style:none;font-size:14px}
.facts b{color:var(--ink);font-weight:600}
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));margin-top:14px}
.pair{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(430px,1fr));margin-top:14px}
.card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:16px 18px;min-width:0;
break-inside:avoid}
.card p{font-size:13.5px;color:var(--quiet);margin:8px 0 0}
.card svg{margin-top:10px}
.big{font-size:32px;font-weight:650;letter-spacing:-.02em;line-height:1.15;margin-top:6px}
.big small{font-size:14px;font-weight:400;color:var(--quiet);letter-spacing:0}
.top{display:flex;justify-content:space-between;align-items:baseline;gap:10px}
.top h3{overflow-wrap:anywhere}
.chip{font-size:12px;font-weight:600;border-radius:99px;padding:2px 9px;border:1px solid currentColor;white-space:nowrap}
.excellent,.good{color:var(--good)}.fair{color:var(--fair)}.weak{color:var(--weak)}.none{color:var(--quiet)}
.note{font-size:12.5px;color:var(--quiet);white-space:nowrap}
.warnings{border-left:4px solid var(--holdout);background:var(--card);border-radius:0 10px 10px 0;padding:12px 18px;
margin:26px 0 0}
.warnings ul{margin:4px 0 0;padding-left:18px}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;padding:0;margin:8px 0 0;font-size:13.5px;
color:var(--quiet)}
.key{display:inline-block;width:14px;height:10px;border-radius:2px;margin-right:6px;background:var(--real)}
.key.synthetic{background:var(--synthetic)}.key.holdout{width:3px;height:13px;background:var(--holdout);
vertical-align:-2px}.key.curve-0,.key.curve-1,.key.curve-2,.key.curve-3{height:3px;vertical-align:3px}
.key.curve-0{background:var(--synthetic)}.key.curve-1{background:var(--holdout)}.key.curve-2{background:var(--quiet)}
.key.curve-3{background:var(--floor)}.key.more{background:var(--synthetic)}.key.less{background:var(--holdout)}
svg{max-width:100%;height:auto;display:block;overflow:visible}.card svg{width:100%}svg.wide{max-width:500px}svg.narrow{max-width:330px}
svg text{font-size:11px;fill:var(--quiet)}svg .end{text-anchor:end}svg .middle{text-anchor:middle}
svg .value{fill:var(--ink);font-size:12px;font-weight:600}
.real{fill:var(--real)}.synthetic{fill:var(--synthetic)}.synthetic-line{fill:none;stroke:var(--synthetic);
stroke-width:2;stroke-linejoin:round}.hover{fill:transparent}.hover:hover{fill:var(--ink);fill-opacity:.07}
.axis,.grid-line{stroke:var(--rule)}line.grid{stroke:var(--rule)}.chance{stroke:var(--quiet);stroke-dasharray:4 4}
.rail{fill:var(--tint)}.whisker{fill:var(--synthetic);fill-opacity:.4}.dot{fill:var(--synthetic);stroke:var(--card);
stroke-width:2}line.holdout{stroke:var(--holdout);stroke-width:3}
.heat,.heat-more{fill:var(--synthetic)}.heat-less{fill:var(--holdout)}.heat-error{fill:var(--error)}
.frame{fill:none;stroke:var(--rule)}
.curve{fill:none;stroke-width:2.2}path.curve-0{stroke:var(--synthetic)}path.curve-1{stroke:var(--holdout)}
path.curve-2{stroke:var(--quiet)}path.curve-3{stroke:var(--floor)}
.bar{fill:var(--synthetic)}.utility .bar-0{fill:var(--real)}.utility .bar-2{fill:var(--floor);fill-opacity:.6}
.error{stroke:var(--ink);stroke-width:1.4}
.reach{stroke-width:5;stroke-opacity:.4;stroke-linecap:round}.reach-real{stroke:var(--holdout)}
.reach-synthetic{stroke:var(--synthetic)}.dot-real{fill:var(--holdout)}.link{stroke:var(--quiet);stroke-width:1}
.key.dot{width:10px;border-radius:50%}.key.dot.real{background:var(--holdout)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;background:var(--card)}
th,td{text-align:right;padding:7px 10px;border-bottom:1px solid var(--rule);vertical-align:top}
th:first-child,td:first-child{text-align:left}
thead th{font-weight:600;color:var(--quiet);font-size:12.5px}
tbody.head th{text-align:left;padding-top:18px;color:var(--ink)}
td details{font-size:13px;color:var(--quiet);max-width:62ch}
td details table{font-size:12.5px;margin-top:6px}
summary{cursor:pointer}
footer{margin-top:40px;font-size:13px;color:var(--quiet)}
@media print{:root{--ground:#fff;--card:#fff;--ink:#000;--quiet:#444;--rule:#ccc;--real:#aeb8c6;--synthetic:#0f8b8d;
--holdout:#d97706;--error:#d1495b;--good:#1a7f4b;--fair:#a36200;--weak:#bb2d3b;--tint:#eee}
main{max-width:none;padding:0}body{font-size:12px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
@page{margin:13mm}h1{font-size:24px}h2{margin-top:26px}h2,h2+p,h2+p+.legend{break-after:avoid}p{break-inside:avoid}
.grid{grid-template-columns:repeat(3,1fr);gap:10px}.pair{grid-template-columns:1fr 1fr;gap:10px;break-inside:avoid}
.card{padding:10px 12px}.card p{font-size:10.5px}.big{font-size:22px}.big small{font-size:11px}h3{font-size:12px}
.chip{font-size:10px;padding:1px 7px}.legend{font-size:11px}.note{font-size:10.5px}table{font-size:11px}
th,td{padding:4px 7px}thead th{font-size:11px}tr{break-inside:avoid}td details{font-size:10.5px}}
@media(max-width:520px){.pair{grid-template-columns:1fr}main{padding:20px 14px}}
)css";

}  // namespace semblance::html
