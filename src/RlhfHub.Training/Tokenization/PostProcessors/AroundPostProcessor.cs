namespace RlhfHub.Training.Tokenization.PostProcessors;

/// <summary>BERT's and RoBERTa's: one token before, one after. Their sections say <c>"cls": ["&lt;s&gt;", 0], "sep": ["&lt;/s&gt;", 2]</c>.</summary>
internal sealed class AroundPostProcessor(int before, int after) : IPostProcessor
{
    public List<int> Process(List<int> ids) => [before, .. ids, after];

    public static AroundPostProcessor Read(JsonSection section) => new(ReadId(section.Require("cls")), ReadId(section.Require("sep")));

    private static int ReadId(JsonSection section)
    {
        var items = section.AsArray().ToArray();
        return items.Length == 2 ? items[1].AsInteger(0, TokenTable.MaximumId) : throw section.Error("is not a token and its id");
    }
}
