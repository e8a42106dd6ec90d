namespace RlhfHub.Training.Tokenization;

/// <summary>Tokens by id and ids by token: the model's vocabulary and the added tokens together.</summary>
internal sealed class TokenTable
{
    /// <summary>No vocabulary comes near it; a larger id is a broken file.</summary>
    public const int MaximumId = 9_999_999;

    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<int, string> tokens;

    public TokenTable(Dictionary<string, int> vocabulary)
    {
        ids = vocabulary;
        tokens = new Dictionary<int, string>(vocabulary.Count);
        foreach (var (token, id) in vocabulary) tokens.Add(id, token);
    }

    public int Count => tokens.Count;

    /// <summary>The largest id and one.</summary>
    public int Size => tokens.Count == 0 ? 0 : tokens.Keys.Max() + 1;

    public int? IdOf(string token) => ids.TryGetValue(token, out var id) ? id : null;

    public string? TokenOf(int id) => tokens.GetValueOrDefault(id);

    public void Add(string token, int id)
    {
        ids.Add(token, id);
        tokens.Add(id, token);
    }
}
