using System.Text.Json.Nodes;
using RlhfHub.Training.Evaluation;
using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Optimum;

/// <summary>
/// A world small enough to write down every reply: up to four of sixteen tokens, one of which ends the reply, so that there are 54,241. Reference and judge are
/// random networks; the judge is scaled so that its rewards have a deviation of 2 under the reference. All expectations are sums over all replies.
/// </summary>
internal sealed class TinyWorld
{
    public const int Vocabulary = 16;
    public const int End = 0;
    public const int Length = 4;
    private const double RewardDeviation = 2;
    private const int Letters = Vocabulary - 1;

    private static readonly int[][] AllReplies = [.. RepliesFrom([])];

    /// <param name="path">An empty folder for its models.</param>
    /// <param name="seed">Which world.</param>
    public TinyWorld(string path, long seed)
    {
        Path = path;
        using (var model = RandomModel(seed)) ModelFolder.Save(model, BaseModel);
        File.WriteAllText(System.IO.Path.Combine(BaseModel, "tokenizer.json"), TokenizerJson());
        File.WriteAllText(System.IO.Path.Combine(BaseModel, "tokenizer_config.json"), """{"eos_token": "<e>", "pad_token": "<e>"}""");
        Reference = LogProbabilities(BaseModel);
        Rewards = MakeJudge(seed);
    }

    public string Path { get; }

    public string BaseModel => System.IO.Path.Combine(Path, "base");

    /// <summary>The reward model that is the truth.</summary>
    public string Judge => System.IO.Path.Combine(Path, "judge");

    public static IReadOnlyList<int> Prompt { get; } = [3];

    public static IReadOnlyList<int[]> Replies => AllReplies;

    /// <summary>The true reward of each reply.</summary>
    public double[] Rewards { get; }

    /// <summary>The log-probability of each reply before training.</summary>
    public double[] Reference { get; }

    /// <summary>Letters of a reply, as a data set has it.</summary>
    public static string TextOf(IEnumerable<int> tokens) => string.Concat(tokens.Select(WordOf));

    /// <summary>β · log Σ ref · exp(r/β): what the best of all policies has of <see cref="Objective"/>.</summary>
    public double Optimum(double beta)
    {
        var top = Rewards.Max();
        return top + beta * Math.Log(Enumerable.Range(0, Rewards.Length).Sum(i => Math.Exp(Reference[i] + (Rewards[i] - top) / beta)));
    }

    /// <summary>E[r] − β · KL(policy ‖ reference).</summary>
    public double Objective(double[] logs, double beta) =>
        Enumerable.Range(0, logs.Length).Sum(i => Math.Exp(logs[i]) * (Rewards[i] - beta * (logs[i] - Reference[i])));

    /// <summary>How far a policy has come: 0 is the reference, 1 the optimum, and nothing is above it.</summary>
    public double ShareOfTheWay(double[] logs, double beta)
    {
        var start = Objective(Reference, beta);
        return (Objective(logs, beta) - start) / (Optimum(beta) - start);
    }

    /// <summary>Share of the rewards' variance that no sum of a number for each place and token explains, under the reference.</summary>
    public double ShareBeyondAddition()
    {
        using var scope = NewDisposeScope();
        var columns = Length * Vocabulary + 1;
        var isThere = new double[Replies.Count, columns];
        for (var i = 0; i < Replies.Count; i++)
        {
            isThere[i, columns - 1] = 1;
            for (var t = 0; t < Replies[i].Length; t++) isThere[i, t * Vocabulary + Replies[i][t]] = 1;
        }
        var roots = tensor(Reference).mul(0.5).exp().unsqueeze(1);
        var (x, y) = (tensor(isThere).mul(roots), tensor(Rewards).unsqueeze(1).mul(roots));
        // Tokens of a place sum to 1, as the constant does: the ridge picks one of many equal answers.
        var normal = x.t().mm(x).add(eye(columns, dtype: ScalarType.Float64).mul(1e-9));
        var left = y.sub(x.mm(linalg.solve(normal, x.t().mm(y)))).square().sum().item<double>();
        return left / (RewardDeviation * RewardDeviation);
    }

    /// <summary>The log-probability of each reply under a model folder.</summary>
    public static double[] LogProbabilities(string folder)
    {
        using var model = ModelFolder.LoadCausal(folder);
        using var noGrad = no_grad();
        using var logs = LogProbabilities(model);
        return logs.data<double>().ToArray();
    }

    /// <summary>The log-probability of each reply, (replies), float64, differentiable: a pass over every beginning of a reply, no sampling.</summary>
    public static Tensor LogProbabilities(CausalModel model)
    {
        using var scope = NewDisposeScope();
        var beginnings = (int)Math.Pow(Letters, Length - 1);
        var ids = new long[beginnings, Prompt.Count + Length - 1];
        for (var row = 0; row < beginnings; row++)
        {
            for (var i = 0; i < Prompt.Count; i++) ids[row, i] = Prompt[i];
            for (var (t, rest) = (Length - 2, row); t >= 0; t--, rest /= Letters) ids[row, Prompt.Count + t] = rest % Letters + 1;
        }
        var (places, counts) = (new long[Replies.Count, Length], new double[Replies.Count, Length]);
        for (var i = 0; i < Replies.Count; i++)
            for (var t = 0; t < Replies[i].Length; t++)
            {
                // Any row that begins like the reply will do: what follows is not seen.
                var row = 0;
                for (var j = 0; j < Length - 1; j++) row = row * Letters + (j < t ? Replies[i][j] - 1 : 0);
                (places[i, t], counts[i, t]) = ((row * Length + t) * Vocabulary + Replies[i][t], 1);
            }
        var logits = model.forward(tensor(ids)).narrow(1, Prompt.Count - 1, Length).to(ScalarType.Float64);                  // (beginnings, Length, vocab)
        var picked = logits.log_softmax(-1).reshape(-1).index_select(0, tensor(places).reshape(-1)).view(Replies.Count, Length);
        return picked.mul(tensor(counts)).sum(1).MoveToOuterDisposeScope();
    }

    private double[] MakeJudge(long seed)
    {
        var bare = System.IO.Path.Combine(Path, "judge-base");
        using (var model = RandomModel(seed + 1_000_000)) ModelFolder.Save(model, bare);
        using var judge = ModelFolder.StartClassifier(bare, ["reward"], End, seed);
        var raw = SequenceScorer.Scores(judge, [.. Replies.Select(reply => (int[])[.. Prompt, .. reply])], batchSize: 4096).Select(scores => (double)scores[0]).ToArray();
        double Mean(Func<double, double> of) => Enumerable.Range(0, raw.Length).Sum(i => Math.Exp(Reference[i]) * of(raw[i]));
        var mean = Mean(score => score);
        var gain = RewardDeviation / Math.Sqrt(Mean(score => (score - mean) * (score - mean)));
        using (no_grad()) judge.parameters().Single(parameter => parameter.size(0) == 1).mul_(gain);   // the head
        ModelFolder.Save(judge, Judge, companionsFrom: BaseModel);
        return [.. raw.Select(score => gain * score)];
    }

    private static IEnumerable<int[]> RepliesFrom(int[] start)
    {
        yield return [.. start, End];
        for (var token = 1; token < Vocabulary; token++)
        {
            int[] longer = [.. start, token];
            if (longer.Length == Length) yield return longer;
            else
                foreach (var reply in RepliesFrom(longer)) yield return reply;
        }
    }

    private static CausalModel RandomModel(long seed)
    {
        var model = ModelFolder.CreateCausal(ModelConfig.From(new JsonObject
        {
            // Learned positions: rotary ones alone leave one small layer hardly able to tell places apart, and then the policy is the limit, not the trainer.
            ["model_type"] = "gpt2",
            ["architectures"] = new JsonArray("GPT2LMHeadModel"),
            ["vocab_size"] = Vocabulary,
            ["n_positions"] = 8,
            ["n_embd"] = 32,
            ["n_inner"] = 64,
            ["n_layer"] = 1,
            ["n_head"] = 4,
            ["activation_function"] = "gelu_new",
            ["layer_norm_epsilon"] = 1e-5,
            ["tie_word_embeddings"] = false,
            ["eos_token_id"] = End,
        }), ScalarType.Float32, CPU, seed);
        // The usual small numbers would make all replies alike.
        using var noGrad = no_grad();
        foreach (var parameter in model.parameters().Where(parameter => parameter.dim() > 1)) parameter.mul_(3);
        return model;
    }

    private static string WordOf(int token) => token == End ? "<e>" : $"{(char)('a' + token - 1)}";

    /// <summary>One letter a token.</summary>
    private static string TokenizerJson() => new JsonObject
    {
        ["version"] = "1.0",
        ["added_tokens"] = new JsonArray(new JsonObject
        {
            ["id"] = End,
            ["content"] = WordOf(End),
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        }),
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["vocab"] = new JsonObject(Enumerable.Range(0, Vocabulary).Select(id => KeyValuePair.Create(WordOf(id), (JsonNode?)id))),
            ["merges"] = new JsonArray(),
        },
    }.ToJsonString();
}
