using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Prompts;

/// <summary>
/// Finds prompts by what is written in them: every word must be there, anywhere, also within other words and in scripts without blanks. On SQLite an index of all sequences of three letters answers
/// (FTS5, trigram), kept up to date by triggers; other databases are read through. https://www.sqlite.org/fts5.html#the_trigram_tokenizer
/// </summary>
internal static class PromptSearch
{
    /// <summary>The newest so many prompts are found; a word that is everywhere names no prompt.</summary>
    public const int Most = 10_000;

    // What the index knows nothing of.
    private const int ShortestWord = 3;

    /// <summary>The newest prompts of a project in which all words stand.</summary>
    public static IQueryable<Prompt> Find(RlhfHubDbContext db, Guid projectId, string text)
    {
        // The index reads no further than a NUL.
        var words = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (!db.Database.IsSqlite()) return words.Aggregate(db.Prompts.AsNoTracking(), (prompts, word) => prompts.Where(prompt => ((string)(object)prompt.Messages).Contains(word)));
        List<object> parameters = [projectId];
        List<string> conditions = [];
        var (known, tooShort) = (words.Where(IsIndexed).ToList(), words.Where(word => !IsIndexed(word)).ToList());
        // Quoted, a word is never an operator of the index.
        if (known.Count > 0) Add("\"PromptSearch\" MATCH {0}", string.Join(" AND ", known.Select(word => $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
        foreach (var word in tooShort) Add("instr(lower(s.\"Text\"), lower({0})) > 0", word);
        var sql =
            $"""
            SELECT * FROM "Prompts" WHERE "Id" IN (
                SELECT k."PromptId" FROM "PromptSearch" s JOIN "PromptSearchKeys" k ON k."Id" = s.rowid
                WHERE {string.Join(" AND ", conditions)} AND k."ProjectId" = {Place(0)} ORDER BY s.rowid DESC LIMIT {Most})
            """;
#pragma warning disable EF1002 // What was put in are places for parameters.
        return db.Prompts.FromSqlRaw(sql, [.. parameters]).AsNoTracking();
#pragma warning restore EF1002

        void Add(string condition, string value)
        {
            conditions.Add(condition.Replace("{0}", Place(parameters.Count), StringComparison.Ordinal));
            parameters.Add(value);
        }

        static string Place(int index) => "{" + index + "}";
    }

    // Characters, not UTF-16 units: an emoji is one.
    private static bool IsIndexed(string word) => word.EnumerateRunes().Count() >= ShortestWord;
}
