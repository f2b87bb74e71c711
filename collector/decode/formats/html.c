// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * html - one page with everything, that needs nothing else
 *
 * What is above the rest is known last: all is kept until the end.  The page's own policy forbids it
 * any network, and any script but the one below.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "html_table.h"
#include "markup.h"
#include "named.h"
#include "options.h"
#include "svg_draw.h"
#include "view.h"

#define SESSIONS_MAX 64
/* Of each probe those with most events have pictures. */
#define PICTURES 6u
#define COURSES 3u

struct page_session {
	unsigned int number;
	char *board;
	char *facts;
};

struct state {
	struct collected collected;
	struct html_tables tables;
	struct page_session session[SESSIONS_MAX];
	unsigned int sessions;
};

/* A click on a column's head sorts by it. */
static const char script[] =
	"for(const t of document.querySelectorAll('table.sortable'))"
	"t.tHead.addEventListener('click',e=>{const h=e.target.closest('th');if(!h)return;"
	"const i=h.cellIndex,d=h.getAttribute('aria-sort')=='descending'?1:-1,b=t.tBodies[0],"
	"v=r=>r.cells[i].textContent,n=s=>s===''?-Infinity:Number(s);"
	"const rows=[...b.rows].sort((p,q)=>{const x=n(v(p)),y=n(v(q));"
	"return d*(isNaN(x)||isNaN(y)?v(p).localeCompare(v(q)):x==y?0:x<y?-1:1)});"
	"for(const o of t.tHead.rows[0].cells)o.removeAttribute('aria-sort');"
	"h.setAttribute('aria-sort',d<0?'descending':'ascending');b.append(...rows)});";

static void put_policy(FILE *out)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof(hash), sodium_base64_VARIANT_ORIGINAL)];

	crypto_hash_sha256(hash, (const unsigned char *)script, sizeof(script) - 1);
	sodium_bin2base64(text, sizeof(text), hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
	fprintf(out,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; script-src 'sha256-%s'\">\n",
		text);
}

static void put_style(FILE *out)
{
	fputs("<style>\n:root{color-scheme:light dark}\n", out);
	svg_style(out);
	fputs("body{background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,sans-serif;"
	      "max-width:1160px;margin:0 auto;padding:1rem 1.2rem 4rem}\n"
	      "h1{font-size:1.5rem;margin:.6rem 0}h2{font-size:1.25rem;margin:2.2rem 0 .6rem;"
	      "border-bottom:1px solid var(--grid);padding-bottom:.3rem}\n"
	      "h3{font-size:1.05rem;margin:1.8rem 0 .2rem}h4{font-size:.95rem;margin:1rem 0 "
	      ".2rem}\n"
	      "p{margin:.3rem 0}.note,caption,dt{color:var(--faint);font-size:.85rem}\n"
	      ".banner{border-left:5px solid;padding:.6rem 1rem;margin:1rem 0;border-radius:3px}\n"
	      ".bad{border-color:#c62828;background:rgba(198,40,40,.13)}\n"
	      ".good{border-color:#2e7d32;background:rgba(46,125,50,.12)}\n"
	      ".banner ul{margin:.3rem 0 0;padding-left:1.2rem}\n"
	      "dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));"
	      "gap:.35rem 1.2rem;margin:.6rem 0}dd{margin:0;overflow-wrap:anywhere}\n"
	      ".pictures{display:flex;flex-wrap:wrap;gap:8px 16px}\n"
	      ".wide{overflow-x:auto;margin:.7rem 0}table{border-collapse:collapse;"
	      "font-size:.86rem}caption{text-align:left;padding-bottom:.2rem}\n"
	      "th,td{padding:.18rem .6rem;border-bottom:1px solid var(--grid);text-align:left;"
	      "white-space:nowrap}\n"
	      "th{cursor:pointer;font-weight:600}th:hover{color:var(--bar)}\n"
	      "th[aria-sort=descending]::after{content:' \\2193'}"
	      "th[aria-sort=ascending]::after{content:' \\2191'}\n"
	      ".n{text-align:right}td.n{font-variant-numeric:tabular-nums}\n"
	      "tr.lost td{color:#c62828;font-weight:600}\n"
	      "@media (prefers-color-scheme:dark){tr.lost td{color:#ff8a80}}\n"
	      "details{margin:.4rem 0}summary{cursor:pointer}\n"
	      "@media print{body{max-width:none;font-size:11px}section{break-inside:auto}"
	      ".plot,tr{break-inside:avoid}tr.lost td{color:#c62828}}\n"
	      "</style>\n",
	      out);
}

static void put_title(FILE *out, const struct state *state)
{
	fputs("Tarsier", out);
	for (unsigned int i = 0; i < state->sessions && i < 3; i++) {
		if (i && !strcmp(state->session[i].board, state->session[i - 1].board))
			continue;
		fputs(i ? ", " : ": ", out);
		markup(out, state->session[i].board);
	}
	if (state->sessions > 3)
		fputs(" ...", out);
}

static void put_banner(FILE *out, const struct losses *losses, bool clean)
{
	if (clean && !losses->count) {
		fputs("<div class=\"banner good\">Complete: nothing was lost, nothing is damaged, "
		      "the "
		      "books balance.</div>\n",
		      out);
		return;
	}
	fputs("<div class=\"banner bad\" role=\"alert\"><b>", out);
	fputs(clean ? "The board lost something, and says how much:"
		    : "Incomplete: something is lost, damaged or unexplained:",
	      out);
	fputs("</b><ul>\n", out);
	for (unsigned int i = 0; i < LOSSES_KEPT && i < losses->count; i++) {
		if (!losses->sentence[i])
			continue;
		fputs("<li>", out);
		markup(out, losses->sentence[i]);
		fputs("</li>\n", out);
	}
	if (losses->count > LOSSES_KEPT)
		fprintf(out, "<li>and %llu more</li>\n", losses->count - LOSSES_KEPT);
	fputs("</ul></div>\n", out);
}

static void put_pictures(FILE *out, const struct plotted *subject, bool open, bool course)
{
	fprintf(out, "<details%s><summary>", open ? " open" : "");
	markup(out, subject->title);
	fputs("</summary>\n<div class=\"pictures\">\n", out);
	svg_histogram(out, subject);
	svg_percentiles(out, subject);
	if (course && svg_has_course(subject))
		svg_course(out, subject);
	fputs("</div></details>\n", out);
}

static int compare(const void *left, const void *right)
{
	__u64 one = histogram_total(&(*(struct plotted *const *)left)->buckets);
	__u64 two = histogram_total(&(*(struct plotted *const *)right)->buckets);

	return one < two ? 1 : one > two ? -1 : 0;
}

/* Those of @session and @probe, the busiest first. */
static unsigned int choose(const struct collection *collection, unsigned int session,
			   unsigned int probe, struct plotted *chosen[COLLECT_SUBJECTS])
{
	unsigned int number = 0;

	for (unsigned int i = 0; i < collection->subjects; i++) {
		struct plotted *subject = collection->subject[i];

		if (subject->session == session && subject->probe == probe && subject->has_total)
			chosen[number++] = subject;
	}
	qsort(chosen, number, sizeof(*chosen), compare);
	return number;
}

static void put_probe(FILE *out, const struct state *state, unsigned int session,
		      unsigned int probe)
{
	struct plotted *chosen[COLLECT_SUBJECTS];
	unsigned int number = choose(&state->collected.collection, session, probe, chosen);
	char name[VIEW_NAME];
	bool has_table = false;

	for (unsigned int i = 0; i < number && i < PICTURES; i++)
		has_table |= histogram_total(&chosen[i]->buckets) != 0;
	if (number || html_tables_has(&state->tables, session, probe)) {
		fputs("<h3>", out);
		markup(out, view_name(name, probe));
		fputs("</h3>\n<p class=\"note\">", out);
		if (view_entries[probe].summary)
			markup(out, view_entries[probe].summary);
		fputs("</p>\n", out);
	}
	if (has_table)
		html_figures(out, chosen, number);
	for (unsigned int i = 0; i < number && i < PICTURES; i++)
		if (histogram_total(&chosen[i]->buckets))
			put_pictures(out, chosen[i], i < 2, i < COURSES);
	if (number > PICTURES)
		fprintf(out, "<p class=\"note\">Pictures are of the %u busiest.</p>\n", PICTURES);
	html_tables_put(&state->tables, out, session, probe);
}

static void put_session(FILE *out, const struct state *state, const struct page_session *session)
{
	fprintf(out, "<section id=\"session-%u\">\n<h2>Session %u: board ", session->number,
		session->number);
	markup(out, session->board);
	fputs("</h2>\n", out);
	if (session->facts)
		fputs(session->facts, out);
	for (unsigned int probe = 1; probe <= PROBE_ID_MAX; probe++)
		put_probe(out, state, session->number, probe);
	fputs("<h3>What was measured, what it cost, and the books</h3>\n", out);
	html_tables_put(&state->tables, out, session->number, 0);
	fputs("</section>\n", out);
}

static void put_page(FILE *out, const struct state *state, bool clean)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", out);
	put_policy(out);
	fputs("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
	      out);
	put_title(out, state);
	fputs("</title>\n", out);
	put_style(out);
	fputs("</head>\n<body>\n<h1>", out);
	put_title(out, state);
	fputs("</h1>\n", out);
	put_banner(out, &state->collected.losses, clean);
	for (unsigned int i = 0; i < state->sessions; i++)
		put_session(out, state, &state->session[i]);
	if (!state->sessions)
		fputs("<p>No session was found.</p>\n", out);
	if (state->collected.collection.left_out)
		fprintf(out, "<p class=\"note\">%llu more distributions are not shown.</p>\n",
			state->collected.collection.left_out);
	fputs("<section>\n<h2>Input</h2>\n", out);
	html_tables_put(&state->tables, out, 0, 0);
	fprintf(out,
		"</section>\n<p class=\"note\">Made by " PROGRAM " %s.</p>\n<script>%s</script>\n"
		"</body>\n</html>\n",
		TARSIER_VERSION, script);
}

static void session(struct writer *writer, const struct session *session)
{
	struct state *state = writer->state;
	char board[NAMED_BOARD];

	if (state->sessions == SESSIONS_MAX)
		return;
	state->session[state->sessions].number = session->number;
	state->session[state->sessions].board = strdup(named_board(board, session));
	if (state->session[state->sessions].board)
		state->sessions++;
	else
		writer_lacks_memory(writer);
}

/* The row of the session that is open. */
static void keep_facts(struct writer *writer, const struct session *session, const struct row *row)
{
	struct state *state = writer->state;
	struct page_session *of;
	size_t length;
	FILE *out;

	if (!state->sessions)
		return;
	of = &state->session[state->sessions - 1];
	if (of->number != session->number || of->facts)
		return;
	out = open_memstream(&of->facts, &length);
	if (!out) {
		writer_lacks_memory(writer);
		return;
	}
	html_facts(out, session, row);
	writer_text_end(writer, out, &of->facts);
}

static void row(struct writer *writer, const struct session *session, const struct row *row)
{
	struct state *state = writer->state;

	collected_row(writer, session, row);
	if (row->is_step)
		return;
	if (session && !row->kind->probe && !strcmp(row->kind->name, "sessions"))
		keep_facts(writer, session, row);
	else
		html_tables_take(&state->tables, writer, session, row);
}

static void end(struct writer *writer, bool clean)
{
	struct state *state = writer->state;

	losses_end(&state->collected.losses, writer, clean);
	html_tables_end(&state->tables, writer);
	put_page(writer->out, state, clean);
}

static void close_state(struct writer *writer)
{
	struct state *state = writer->state;

	for (unsigned int i = 0; i < state->sessions; i++) {
		free(state->session[i].board);
		free(state->session[i].facts);
	}
	html_tables_release(&state->tables);
	collected_close(writer);
}

const struct format format_html = {
	.suffix = ".html",
	.takes = WRITES_REPORT,
	.interval_ns = NS_PER_SEC,
	.size = sizeof(struct state),
	.session = session,
	.row = row,
	.distribution = collected_distribution,
	.end = end,
	.close = close_state,
};
