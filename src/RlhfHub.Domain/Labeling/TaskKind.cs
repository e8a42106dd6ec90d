namespace RlhfHub.Domain.Labeling;

/// <summary>What a labeling task asks.</summary>
public enum TaskKind
{
    /// <summary>Write or edit the ideal reply.</summary>
    Demonstration,

    /// <summary>Which of two replies is better, and how much.</summary>
    Comparison,

    /// <summary>Order several replies.</summary>
    Ranking,

    /// <summary>Rate a reply on the project's Likert scales.</summary>
    Rating,

    /// <summary>Give labels of the project's schema.</summary>
    Classification,

    /// <summary>Talk with the current model and choose between two replies each turn.</summary>
    Chat,
}

/// <summary>What a labeling task is for.</summary>
public enum TaskPurpose
{
    /// <summary>Models learn from it.</summary>
    Training,

    /// <summary>Models are compared by it.</summary>
    Evaluation,

    /// <summary>Its answer is known: it measures the rater.</summary>
    Gold,

    /// <summary>Chosen at random, to check what active selection would hide.</summary>
    Audit,
}
