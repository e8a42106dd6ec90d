using RlhfHub.Training.Devices;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Serving;

namespace RlhfHub.Worker.Serving.Engine;

/// <summary>The running batch of one model. All of it belongs to the engine's thread.</summary>
internal sealed class Lane(HostedVariant variant, ServerSettings settings) : IDisposable
{
    private readonly Dictionary<int, GenerationJob> jobs = [];
    private TextGenerator? generator;

    public int Pending => generator?.Pending ?? 0;

    public int Running => generator?.Running ?? 0;

    /// <summary>Queues a text.</summary>
    public void Submit(GenerationJob job, GenerationRequest request)
    {
        try
        {
            generator ??= new TextGenerator((CausalModel)variant.Model, variant.Host.Tokenizer, settings.MaxBatch, variant.Host.EndIds, maxContext: settings.MaxContext);
            jobs.Add(generator.Submit(request), job);
        }
        catch (Exception problem)
        {
            // Whatever it is, no memory for one, it belongs to this caller.
            job.Fail(problem);
        }
    }

    /// <summary>One token for every text, and room for those who wait.</summary>
    public void Step()
    {
        variant.Select();
        ThreadChoice.Apply(variant.Model.Config.Decoder, Math.Min(Pending, settings.MaxBatch));
        foreach (var (order, result) in generator!.Step())
            if (jobs.Remove(order, out var job)) job.Complete(result);
        if (Pending == 0) Rest();
    }

    /// <summary>Ends all texts: a step failed, and its batch cannot go on.</summary>
    public void Fail(Exception problem)
    {
        foreach (var job in jobs.Values) job.Fail(problem);
        jobs.Clear();
        Rest();
    }

    public void Dispose() => Rest();

    /// <summary>An idle model keeps its weights, but no room for texts.</summary>
    private void Rest()
    {
        generator?.Dispose();
        generator = null;
    }
}
