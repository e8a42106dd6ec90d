using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Models;

/// <summary>Reaches models. The platform itself loads none: they run in the site's own server process, or elsewhere.</summary>
public interface IModelHost
{
    /// <summary>The names of the models that the site's own server can serve.</summary>
    IReadOnlyList<string> Installed();

    /// <summary>Looks whether an outside address may be called.</summary>
    /// <returns>Why not, in a sentence; null when it may.</returns>
    Task<string?> RefusalAsync(Uri endpoint, CancellationToken cancellationToken);

    /// <summary>Seals a key, so that only this site can read it again.</summary>
    string Seal(string key);

    /// <summary>A reply to a conversation, piece by piece as it is written.</summary>
    /// <exception cref="ModelException">The model cannot be reached, or refuses.</exception>
    IAsyncEnumerable<string> WriteAsync(ModelAddress model, IReadOnlyList<Message> messages, ReplySampling sampling, CancellationToken cancellationToken);

    /// <summary>How the site's own server is.</summary>
    Task<ModelServerStatus> StatusAsync(CancellationToken cancellationToken);
}

/// <summary>A model gave no reply. The message says why, for admins.</summary>
/// <param name="message">Why.</param>
/// <param name="isRefusal">Whether asking the same again would be refused again: the model was there and did not take the request.</param>
/// <param name="inner">What was behind it.</param>
public sealed class ModelException(string message, bool isRefusal = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether asking the same again would be refused again.</summary>
    public bool IsRefusal { get; } = isRefusal;
}

/// <summary>How the site's own model server is.</summary>
/// <param name="State">What it does.</param>
/// <param name="Reason">Why it is not ready; null when it is, or was never needed.</param>
/// <param name="Restarts">How often it was started anew since the site began.</param>
/// <param name="Running">Texts being written; null while it is not ready.</param>
/// <param name="Waiting">Texts that wait for a place; null while it is not ready.</param>
/// <param name="LogFile">Where it writes what went wrong.</param>
public sealed record ModelServerStatus(ModelServerState State, string? Reason, int Restarts, int? Running, int? Waiting, string LogFile);

/// <summary>What the site's own model server does.</summary>
public enum ModelServerState
{
    /// <summary>Nobody has needed it yet.</summary>
    NotStarted,

    /// <summary>It is on its way.</summary>
    Starting,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It ended and is started again in a moment.</summary>
    Restarting,

    /// <summary>The site stops.</summary>
    Stopped,
}
