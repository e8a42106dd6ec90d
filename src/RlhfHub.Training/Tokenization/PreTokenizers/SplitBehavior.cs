namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>What becomes of the matches that a text is split at.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each is a piece by itself.</summary>
    Isolated,

    /// <summary>Each ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Neighbouring matches are one piece.</summary>
    Contiguous,
}

internal static class SplitBehaviors
{
    public static SplitBehavior Read(JsonSection section)
    {
        var name = section.AsString();
        // Enum.TryParse would take numbers too.
        foreach (var behavior in Enum.GetValues<SplitBehavior>())
        {
            if (behavior.ToString() == name) return behavior;
        }
        throw section.Error($"is not a split behavior; supported are {string.Join(", ", Enum.GetNames<SplitBehavior>())}");
    }
}
