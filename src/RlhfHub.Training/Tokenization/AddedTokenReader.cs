namespace RlhfHub.Training.Tokenization;

/// <summary>Reads <c>added_tokens</c>: <c>[{"id": 0, "content": "&lt;s&gt;", "special": true, "lstrip": false, ...}]</c>.</summary>
internal static class AddedTokenReader
{
    /// <param name="section">The file's <c>added_tokens</c>, when there.</param>
    /// <param name="tokens">The model's vocabulary; tokens that it lacks are added.</param>
    public static AddedToken[] Read(JsonSection? section, TokenTable tokens)
    {
        var read = new List<AddedToken>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in section?.AsArray() ?? [])
        {
            var token = ReadOne(item);
            if (!seen.Add(token.Content)) throw item.Error("is a token that was added before");
            if (tokens.IdOf(token.Content) is { } id)
            {
                if (id != token.Id) throw item.Error($"has the id {token.Id}, but the vocabulary gives the same token the id {id}");
            }
            else
            {
                if (tokens.TokenOf(token.Id) is not null) throw item.Error($"has the id {token.Id}, which belongs to another token");
                if (token.Id > 4L * tokens.Count + 65_536) throw item.Error($"has the id {token.Id}, far beyond the {tokens.Count} tokens before it");
                tokens.Add(token.Content, token.Id);
            }
            read.Add(token);
        }
        return [.. read];
    }

    private static AddedToken ReadOne(JsonSection item)
    {
        var content = item.Require("content");
        var isSpecial = item.FindBoolean("special", false);
        var token = new AddedToken
        {
            Id = item.Require("id").AsInteger(0, TokenTable.MaximumId),
            Content = content.AsString(),
            IsSpecial = isSpecial,
            IsSingleWord = item.FindBoolean("single_word", false),
            StripsLeft = item.FindBoolean("lstrip", false),
            StripsRight = item.FindBoolean("rstrip", false),
            IsNormalized = item.FindBoolean("normalized", !isSpecial),
        };
        return token.Content.Length > 0 ? token : throw content.Error("is empty; expected the token's text");
    }
}
