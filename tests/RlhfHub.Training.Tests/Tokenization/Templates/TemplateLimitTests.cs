using System.Diagnostics;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Tests.Tokenization.Templates;

/// <summary>Whatever a template says, it ends soon, in bounded memory, with one sentence.</summary>
public sealed class TemplateLimitTests
{
    private const int ALot = 100_000;

    public static TheoryData<string, string> HostileTemplates() => new()
    {
        { "string repetition", "{{ 'a' * 1000000000 }}" },
        { "string repetition beyond 32 bits", "{{ 'ab' * 9000000000000000000 }}" },
        { "list repetition", "{% set x = [1] * 1000000000 %}" },
        { "range", "{% for i in range(1000000000000) %}{% endfor %}" },
        { "range at both ends", "{{ range(-9223372036854775807, 9223372036854775807) }}" },
        { "nested loops", "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}" },
        { "empty nested loops", "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}" },
        { "output", "{% for a in range(100000) %}{{ 'xxxxxxxxxx' * 1000 }}{% endfor %}" },
        { "doubling text", "{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}" },
        { "doubling text by ~", "{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}" },
        { "doubling lists", "{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}" },
        { "replace that grows", "{% set ns = namespace(x='aa') %}{% for i in range(100) %}{% set ns.x = ns.x.replace('a', 'aaaa') %}{% endfor %}" },
        { "replace of nothing", "{{ ('a' * 1000000).replace('', 'b' * 1000000) }}" },
        { "join that grows", "{{ ('a' * 1000000).join('b' * 1000000) }}" },
        { "indent", "{{ ('\\n' * 1000000) | indent(1000000, blank=true) }}" },
        { "indent width", "{{ 'a' | indent(9000000000000000000) }}" },
        { "json indent", "{{ [[[1]]] | tojson(indent=9000000000000000000) }}" },
        { "printing what holds itself twice", "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}" },
        { "json of what holds itself twice", "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}" },
        { "comparing what holds itself twice", Doubled("{{ ns.x == ns.y }}") },
        { "ordering what holds itself twice", Doubled("{{ ns.x < ns.y }}") },
        { "printing deep lists", Deep("{{ ns.x }}") },
        { "json of deep lists", Deep("{{ ns.x | tojson }}") },
        { "deep dictionaries", "{% set ns = namespace(x=1) %}{% for i in range(50000) %}{% set ns.x = {'a': ns.x} %}{% endfor %}{{ ns.x }}" },
        { "comparing deep lists", "{% set ns = namespace(x=1, y=1) %}{% for i in range(50000) %}{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% endfor %}{{ ns.x == ns.y }}" },
        { "a namespace that holds itself", "{% set ns = namespace() %}{% set ns.ns = ns %}{{ ns }}" },
        { "macro recursion", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}" },
        { "macro recursion by two", "{% macro a() %}{{ b() }}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}" },
        { "call recursion", "{% macro m() %}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}" },
        { "a macro that branches", "{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}" },
        { "searching what almost matches", "{% set a = 'a' * 2000000 %}{{ (('a' * 1000000) ~ 'b') in a }}" },
        { "counting what almost matches", "{% set a = 'a' * 2000000 %}{{ a.count(('a' * 1000000) ~ 'b') }}" },
        { "splitting again and again", "{% set a = 'a ' * 1000000 %}{% for i in range(100000) %}{% set x = a.split() %}{% endfor %}" },
        { "finding again and again", "{% set a = 'a' * 10000000 %}{% for i in range(100000) %}{% set x = a.find('b') %}{% endfor %}" },
        { "length again and again", "{% set a = '😀' * 10000000 %}{% for i in range(100000) %}{% set x = a | length %}{% endfor %}" },
        { "index again and again", "{% set a = '😀' * 10000000 %}{% for i in range(100000) %}{% set x = a[-1] %}{% endfor %}" },
        { "slices again and again", "{% set a = range(100000) | list %}{% for i in range(100000) %}{% set x = a[1:] %}{% endfor %}" },
        { "testing case again and again", "{% set a = '1' * 10000000 %}{% for i in range(100000) %}{% set x = a is lower %}{% endfor %}" },
        { "sorting", "{% set a = range(100000) | list %}{% for i in range(100000) %}{% set x = a | sort %}{% endfor %}" },
        { "mapping", "{% set a = range(100000) | list %}{% for i in range(100000) %}{% set x = a | map('string') %}{% endfor %}" },
        { "filters in filters", "{{ [[[[1]]]] | map('map', 'map', 'map', 'nope') | list }}{{ 'a' * 1000000000 }}" },
        { "a power", "{{ 9 ** 9 ** 9 ** 9 }}" },
        { "a large power of one", "{{ 1 ** 9223372036854775807 }}{{ 2 ** 9223372036854775807 }}" },
        { "format", "{{ ('%s' * 1000000) % ('a' * 1000000) }}" },
        { "deep brackets", "{{ " + new string('(', ALot) },
        { "closed deep brackets", "{{ " + new string('[', ALot) + new string(']', ALot) + " }}" },
        { "deep dictionaries in the source", "{{ " + string.Concat(Enumerable.Repeat("{1:", ALot)) + " }}" },
        { "many signs", "{{ " + new string('-', ALot) + "1 }}" },
        { "many nots", "{{ " + string.Concat(Enumerable.Repeat("not ", ALot)) + "1 }}" },
        { "a long sum", "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", ALot)) + " }}" },
        { "a long chain of filters", "{{ 1" + string.Concat(Enumerable.Repeat("|string", ALot)) + " }}" },
        { "a long chain of attributes", "{{ a" + string.Concat(Enumerable.Repeat(".a", ALot)) + " }}" },
        { "a long chain of calls", "{{ range" + string.Concat(Enumerable.Repeat("()", ALot)) + " }}" },
        { "a long conditional", "{{ 1" + string.Concat(Enumerable.Repeat(" if 0 else 1", ALot)) + " }}" },
        { "a long chain of ors", "{{ 0" + string.Concat(Enumerable.Repeat(" or 0", ALot)) + " }}" },
        { "deep ifs", string.Concat(Enumerable.Repeat("{% if 1 %}", ALot)) },
        { "deep fors", string.Concat(Enumerable.Repeat("{% for a in 'ab' %}", 150)) + string.Concat(Enumerable.Repeat("{% endfor %}", 150)) },
        { "deep targets", "{% set " + new string('(', ALot) + " %}" },
        { "deep blocks", string.Concat(Enumerable.Repeat("{% set x %}", ALot)) },
        { "deep filters of a block", "{% filter upper" + string.Concat(Enumerable.Repeat("|upper", ALot)) + " %}a{% endfilter %}" },
        { "many endless raws", string.Concat(Enumerable.Repeat("{% raw %}{% endraw", ALot / 4)) },
        { "a long source", new string('a', 2_000_000) },
    };

    [Theory]
    [MemberData(nameof(HostileTemplates))]
    public void Render_HostileTemplate_EndsSoonWithOneSentence(string name, string source)
    {
        Assert.NotEmpty(name);
        var watch = Stopwatch.StartNew();
        var processorTime = Environment.CpuUsage.TotalTime;

        var error = Assert.Throws<ModelFileException>(() => TemplateFixtures.Render(source));

        // On a busy machine the clock runs on while others work; the processor time does not.
        var seconds = Math.Min(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processorTime).TotalSeconds);
        Assert.True(seconds < 3, $"{name} took {seconds:0.00} s");
        Assert.EndsWith(".", error.Message);
        Assert.True(error.Message.Length < 400, error.Message);
    }

    [Fact]
    public void Render_HostileTemplatesOnSmallStack_EndWithOneSentence()
    {
        foreach (var row in HostileTemplates())
        {
            var source = (string)((object[])row)[1];
            Exception? caught = null;
            var thread = new Thread(() => caught = Record.Exception(() => TemplateFixtures.Render(source)), maxStackSize: 256 * 1024);

            thread.Start();
            thread.Join();

            Assert.IsType<ModelFileException>(caught);
        }
    }

    [Fact]
    public void Render_LongConversation_StaysFarBelowTheLimits()
    {
        // Twenty times what the largest of today's models can read.
        var turns = Enumerable.Range(0, 2000).Select(i => new ChatMessage(i % 2 == 0 ? "user" : "assistant", new string('x', 1000))).ToList();

        foreach (var style in TemplateFixtures.Styles().Where(style => style is not "command-dump"))
        {
            var template = TemplateFixtures.Style(style);

            var text = template.Render(turns, addGenerationPrompt: true, new Dictionary<string, object?> { ["bos_token"] = "<s>", ["eos_token"] = "</s>" });

            Assert.True(text.Length > 300_000, style);
        }
    }

    private static string Doubled(string use) =>
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}" + use;

    private static string Deep(string use) => "{% set ns = namespace(x=1) %}{% for i in range(50000) %}{% set ns.x = [ns.x] %}{% endfor %}" + use;
}
