namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>Reads a pattern of a tokenizer file: <c>{"String": " "}</c> or <c>{"Regex": "\\s+"}</c>.</summary>
internal static class PatternReader
{
    public static Pattern Read(JsonSection section)
    {
        if (section.Find("Regex") is { } regex) return Pattern.Parse(regex.AsString(), regex.Place);
        var text = section.Find("String") ?? throw section.Error("has neither 'String' nor 'Regex'");
        var literal = text.AsString();
        return literal.Length > 0 ? Pattern.Literal(literal, text.Place) : throw text.Error("is empty; expected the text to look for");
    }
}
