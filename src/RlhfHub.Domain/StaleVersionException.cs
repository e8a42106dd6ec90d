namespace RlhfHub.Domain;

/// <summary>Somebody else changed it since the person looked. Nothing was written.</summary>
/// <param name="what">What it is, as in "project".</param>
public sealed class StaleVersionException(string what) : Exception($"Somebody else changed this {what} in the meantime. Load it again and repeat your change.");
