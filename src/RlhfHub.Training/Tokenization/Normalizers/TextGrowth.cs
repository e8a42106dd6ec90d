namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>Bounds how much a tokenizer file can make a text grow: real ones add a character here and there.</summary>
internal static class TextGrowth
{
    public static void Check(long before, long after, JsonSection section)
    {
        if (after > 64 * before + 1_000_000) throw section.Error($"turns a text of {before} characters into more than {after}, which is beyond any real tokenizer");
    }
}
