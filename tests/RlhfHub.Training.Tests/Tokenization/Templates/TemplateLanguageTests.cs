namespace RlhfHub.Training.Tests.Tokenization.Templates;

/// <summary>The language, case by case: language.json holds small templates and what each must give, written by hand and checked by jinja2.</summary>
public sealed class TemplateLanguageTests
{
    [Fact]
    public void Render_EveryCaseOfTheLanguage_GivesWhatIsWritten()
    {
        var wrong = new List<string>();
        foreach (var entry in TemplateFixtures.ReadJson("language.json").EnumerateArray())
        {
            var source = entry.GetProperty("template").GetString()!;
            var variables = entry.TryGetProperty("variables", out var given)
                ? given.EnumerateObject().Select(variable => (variable.Name, (object?)variable.Value)).ToArray()
                : [];

            var actual = TemplateFixtures.Outcome(() => TemplateFixtures.Render(source, variables));

            if (actual != TemplateFixtures.Canonical(entry.GetProperty("expected")))
                wrong.Add($"{source}\n  expected {TemplateFixtures.Canonical(entry.GetProperty("expected"))}\n  actual   {actual}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
