using DiffPlex;
using DiffPlex.Chunkers;

namespace RlhfHub.Web.Shared;

/// <summary>What became of some words.</summary>
internal enum WordChange
{
    /// <summary>They are in both texts.</summary>
    None,

    /// <summary>Only the old text has them.</summary>
    Out,

    /// <summary>Only the new text has them.</summary>
    In,
}

/// <summary>Words that have the same fate.</summary>
internal sealed record DiffPiece(WordChange Change, string Text)
{
    // The work grows with the product of the lengths where nothing is alike.
    private const int LongestText = 30_000;

    private static readonly char[] Borders = [' ', '\t', '\n', '\r', '.', ',', ';', ':', '!', '?', '(', ')', '"'];

    /// <summary>The way from one text to another; null where they are too long for it.</summary>
    public static IReadOnlyList<DiffPiece>? Between(string old, string @new)
    {
        if (old.Length > LongestText || @new.Length > LongestText) return null;
        var diff = Differ.Instance.CreateDiffs(old, @new, ignoreWhiteSpace: false, ignoreCase: false, new DelimiterChunker(Borders));
        List<DiffPiece> pieces = [];
        var at = 0;
        foreach (var block in diff.DiffBlocks)
        {
            Add(WordChange.None, diff.PiecesOld.Skip(at).Take(block.DeleteStartA - at));
            Add(WordChange.Out, diff.PiecesOld.Skip(block.DeleteStartA).Take(block.DeleteCountA));
            Add(WordChange.In, diff.PiecesNew.Skip(block.InsertStartB).Take(block.InsertCountB));
            at = block.DeleteStartA + block.DeleteCountA;
        }
        Add(WordChange.None, diff.PiecesOld.Skip(at));
        return pieces;

        void Add(WordChange change, IEnumerable<string> words)
        {
            if (string.Concat(words) is { Length: > 0 } text) pieces.Add(new(change, text));
        }
    }
}
