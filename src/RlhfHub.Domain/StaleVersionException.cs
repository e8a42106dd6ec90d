namespace RlhfHub.Domain;

/// <summary>Somebody else changed it since this person saw it. Nothing was written; the message may be shown.</summary>
/// <param name="what">What was changed, as in "project".</param>
public sealed class StaleVersionException(string what) : Exception($"This {what} was changed by somebody else meanwhile. Load it again, then make your change.");
