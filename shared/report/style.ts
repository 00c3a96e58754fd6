/** The report's style sheet. The page's policy allows this text by its hash and nothing else. */
export const STYLE = `
:root{--ink:#16202a;--soft:#52606d;--line:#d5dbe1;--ground:#fff;--panel:#f5f7f9;--accent:#0f5c63;--hit:#d55e00;--amber:#8a5a00;--control:#0072b2}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:32px 24px 64px;max-width:1000px;background:var(--ground);color:var(--ink);font:14px/22px Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:28px;line-height:36px;font-weight:600;margin:0 0 4px}
h2{font-size:20px;line-height:28px;font-weight:600;margin:32px 0 8px;padding-top:16px;border-top:1px solid var(--line)}
h3{font-size:16px;line-height:24px;font-weight:600;margin:24px 0 4px}
p,ul,ol,dl{margin:0 0 12px;max-width:76ch}
li{margin:0 0 4px}
.lede{color:var(--soft)}
.finding{border:1px solid var(--line);border-left:4px solid var(--accent);border-radius:6px;padding:12px 16px;margin:0 0 12px;max-width:none;break-inside:avoid}
.finding h3,.note h3{margin-top:0}
.finding p{max-width:76ch;margin:4px 0 0}
.finding.undetermined{border-left-style:dashed;border-left-color:var(--soft)}
.label{font-weight:600}
.strong{font-weight:600}
.logo{float:right;max-width:220px;max-height:80px;margin:0 0 12px 24px}
.note{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:12px 16px;margin:0 0 12px;max-width:none}
.note>:last-child{margin-bottom:0}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 24px}
dl.facts dt{color:var(--soft)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
.table{overflow-x:auto;margin:0 0 16px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding:0 0 4px}
th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid var(--line)}
th{font-weight:600}
thead th{border-bottom:1px solid var(--soft);white-space:nowrap}
td.n,th.n{text-align:right}
code,pre,.mono{font:12px/18px "JetBrains Mono",ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
pre{white-space:pre-wrap;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:8px 12px;margin:0 0 8px}
.canary{break-inside:avoid-page;margin:0 0 24px}
.hitmark{color:#b34700;font-weight:600}
.unit{color:var(--soft)}
figure{margin:0 0 16px}
svg{display:block;width:100%;height:auto;max-width:860px}
svg text{font:11px/14px Inter,system-ui,sans-serif;fill:var(--soft);font-variant-numeric:tabular-nums}
.c-grid{stroke:var(--line);stroke-width:1}
.c-axis{stroke:var(--soft);stroke-width:1}
.c-threshold{stroke:var(--ink);stroke-width:1;stroke-dasharray:5 4}
text.c-threshold{stroke:none;fill:var(--ink)}
.c-envelope{fill:var(--control);fill-opacity:.14;stroke:var(--control);stroke-opacity:.35;stroke-width:1}
.c-evidence{fill:none;stroke:var(--ink);stroke-width:2;stroke-linejoin:round}
.c-hit{fill:var(--hit);stroke:#fff;stroke-width:1}
.c-stop{stroke:var(--accent);stroke-width:1}
text.c-stop{stroke:none;fill:var(--accent)}
nav ol{columns:2;max-width:none}
a{color:var(--accent)}
a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media print{body{max-width:none;padding:0;font-size:10pt;line-height:14pt}h2{break-after:avoid}h3{break-after:avoid}.first{break-after:page}.first h2{margin-top:10pt;padding-top:6pt}.first li,.first p{margin-bottom:2pt}a{color:inherit;text-decoration:none}.table{overflow:visible}thead{display:table-header-group}tr{break-inside:avoid}@page{margin:18mm 16mm}}
@media (prefers-contrast:more){:root{--soft:#16202a;--line:#52606d}}
`;
