using RlhfHub.Training.Models;

namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>Bounds how much a tokenizer file can make a text grow: real ones add a character here and there.</summary>
internal static class TextGrowth
{
    public static void Check(long before, long after, string place)
    {
        if (after > 64 * before + 1_000_000) throw new ModelFileException($"{place} turns a text of {before} characters into {after} or more, which no real tokenizer does.");
    }
}
