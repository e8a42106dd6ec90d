using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using RlhfHub.Domain.Models;

namespace RlhfHub.Web.Features.Models;

/// <summary>The worker in <c>serve</c>. What it writes goes into a file; its standard input is held open, and when the site ends, however it does, the server sees that and ends too.</summary>
internal sealed class ModelServerProcess : IAsyncDisposable
{
    private const int LargestLogBytes = 4 << 20;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private readonly Process process;
    private readonly StreamWriter log;

    private ModelServerProcess(Process process, StreamWriter log) => (this.process, this.log) = (process, log);

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be run.</exception>
    public static ModelServerProcess Start(string program, string modelsFolder, string logFile)
    {
        if (new FileInfo(logFile) is { Exists: true, Length: > LargestLogBytes }) File.Move(logFile, logFile + ".old", overwrite: true);
        var start = new ProcessStartInfo(program, ["serve", "--models", modelsFolder, "--grace", "2", "--while-stdin"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new ModelServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true }, new StreamWriter(logFile, append: true) { AutoFlush = true });
        start.Environment["RLHFHUB_TOKEN"] = server.token;
        server.process.OutputDataReceived += (_, line) => server.Note(line.Data);
        server.process.ErrorDataReceived += (_, line) => server.Note(line.Data);
        server.process.Exited += (_, _) => server.listening.TrySetException(new ModelException($"It ended before it listened; what it said is in {logFile}."));
        try
        {
            server.process.Start();
        }
        catch
        {
            server.log.Dispose();
            server.process.Dispose();
            throw;
        }
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        try
        {
            // Pages come first.
            server.process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended already, or the system lets nobody set it.
        }
        return server;
    }

    /// <summary>Where it listens, as its first line says.</summary>
    /// <exception cref="ModelException">It ended, or said nothing for too long.</exception>
    public async Task<ModelServerAccess> ListensAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            return new(await listening.Task.WaitAsync(longest, cancellationToken), token);
        }
        catch (TimeoutException error)
        {
            throw new ModelException($"It said for {longest.TotalSeconds:N0} seconds not where it listens.", inner: error);
        }
    }

    /// <summary>Waits for its end; returns its exit code.</summary>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Grace);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        process.Dispose();
        lock (log) log.Dispose();
    }

    private void Note(string? line)
    {
        if (line is null) return;
        if (!listening.Task.IsCompleted && AddressIn(line) is { } address) listening.TrySetResult(address);
        lock (log)
        {
            if (log.BaseStream is { CanWrite: true }) log.WriteLine(line);
        }
    }

    // As in: {"listening":"http://127.0.0.1:41234"}
    private static Uri? AddressIn(string line)
    {
        try
        {
            using var said = JsonDocument.Parse(line);
            return said.RootElement.ValueKind == JsonValueKind.Object && said.RootElement.TryGetProperty("listening", out var address) ? new Uri(address.GetString()!) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
