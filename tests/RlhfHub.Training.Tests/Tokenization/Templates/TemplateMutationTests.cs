using System.Text;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Tests.Tokenization.Templates;

/// <summary>Broken templates give one sentence, never another kind of exception, a hang or the end of the process.</summary>
public sealed class TemplateMutationTests
{
    private const int Mutants = 5000;

    [Fact]
    public void Render_MutatedTemplates_GiveTextOrOneSentence()
    {
        var random = new Random(20240706);
        var sources = TemplateFixtures.Styles().Select(style => File.ReadAllText(Path.Combine(TemplateFixtures.Folder, "styles", style + ".jinja")))
            .Concat(TemplateFixtures.ReadJson("language.json").EnumerateArray().Select(entry => entry.GetProperty("template").GetString()!))
            .Where(source => source.Length > 0).ToArray();
        var conversations = TemplateFixtures.Conversations.EnumerateArray().ToArray();
        var (texts, failures, refusals) = (0, 0, 0);

        for (var i = 0; i < Mutants; i++)
        {
            var source = Mutate(sources[random.Next(sources.Length)], sources[random.Next(sources.Length)], random);
            var conversation = conversations[random.Next(conversations.Length)];

            // Any other exception fails the test with the mutant's number in its trace.
            try
            {
                TemplateFixtures.Render(TemplateFixtures.Parse(source, $"mutant {i}"), conversation, prompt: i % 2 == 0);
                texts++;
            }
            catch (ModelFileException)
            {
                failures++;
            }
            catch (TemplateRefusalException)
            {
                refusals++;
            }
        }

        Assert.Equal(Mutants, texts + failures + refusals);
        Assert.True(texts > 100 && failures > 1000 && refusals > 0, $"{texts} texts, {failures} failures, {refusals} refusals");
    }

    private static string Mutate(string source, string other, Random random)
    {
        var text = new StringBuilder(source);
        for (var count = random.Next(1, 4); count > 0 && text.Length > 0; count--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(6))
            {
                case 0: text.Remove(at, length); break;
                case 1: text.Insert(at, text.ToString(at, length)); break;
                case 2: text[at] = "{}%#()[]|.,:'\"-+*~ \n0a_\\😀"[random.Next(26)]; break;
                case 3: text.Insert(at, Fragments[random.Next(Fragments.Length)]); break;
                case 4: text.Insert(at, other.AsSpan(random.Next(other.Length) is var from ? from : 0, Math.Min(20, other.Length - from))); break;
                default: text.Length = at; break;
            }
        }

        return text.ToString();
    }

    private static readonly string[] Fragments =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{%- endfor %}", "{% endif %}", "{% for x in messages %}", "{% if x %}", "{% else %}", "{% macro m(a) %}", "{% endmacro %}",
        "{% set x %}", "{% generation %}", "{% raw %}", "| tojson", "| map('upper')", "| list", "[::-1]", "[-1]", ".items()", ".split('a')", " not ", " in ", " is defined",
        " * 1000000", " ** 99", " // 0", "range(9999999)", "messages", "loop", "namespace()", "none", "''", "[]", "{}", "1e309", "99999999999999999999", "**", "*[1]",
        "raise_exception('x')", "strftime_now('%Q')", "m()", "caller()", "| sort", "| join", "'\\x'", "\u0000",
    ];
}
