namespace RlhfHub.Training.Tokenization.PostProcessors;

/// <summary>A row of special tokens with the text among them, such as <c>&lt;s&gt; A &lt;/s&gt;</c>.</summary>
/// <param name="row">The ids in order; null is the place of the text.</param>
internal sealed class TemplatePostProcessor(int[]?[] row) : IPostProcessor
{
    public List<int> Process(List<int> ids)
    {
        var output = new List<int>(ids.Count + row.Length);
        foreach (var item in row) output.AddRange(item ?? (IEnumerable<int>)ids);
        return output;
    }

    public static TemplatePostProcessor Read(JsonSection section)
    {
        var known = section.Find("special_tokens");
        var row = section.Require("single").AsArray().Select(item => ReadItem(item, known)).ToArray();
        // A text that stands twice is nobody's wish, and would let nested templates double without end.
        return row.Count(item => item is null) == 1 ? new(row) : throw section.Require("single").Error("does not hold the sequence A exactly once");
    }

    private static int[]? ReadItem(JsonSection item, JsonSection? known)
    {
        if (item.Find("Sequence") is { } sequence)
            return sequence.Require("id").AsString() == "A" ? null : throw sequence.Error("is not the sequence A, the only one in 'single'");
        if (item.Find("SpecialToken") is not { } token) throw item.Error("is neither a 'SpecialToken' nor a 'Sequence'");
        var name = token.Require("id");
        if (known is not { } tokens) throw name.Error("is a special token, but the post-processor has no 'special_tokens'");
        var entry = tokens.Find(name.AsString()) ?? throw name.Error("is not among the post-processor's 'special_tokens'");
        return [.. entry.Require("ids").AsArray().Select(id => id.AsInteger(0, TokenTable.MaximumId))];
    }
}
