using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>What a run loads before its weights.</summary>
internal sealed class RunParts
{
    public RunParts(RunSession session)
    {
        Folder = session.Folder.Resolve(session.Spec.BaseModel ?? throw new InvalidInputException($"{session.Folder.SpecFile}: 'baseModel' is missing; expected a folder with config.json and tokenizer.json."));
        Config = ModelConfig.Load(Folder);
        Tokenizer = TextModel.LoadTokenizer(Folder, Config);
        Template = ChatTemplate.Load(Folder);
        EndIds = EndTokens.Of(Folder, Config, Tokenizer);
    }

    public string Folder { get; }

    public ModelConfig Config { get; }

    public Tokenizer Tokenizer { get; }

    public ChatTemplate? Template { get; }

    public IReadOnlyList<int> EndIds { get; }

    public int PadId => Padding.IdOf(Tokenizer);

    public ExampleTokenizer Encoder(TokenizationOptions options) =>
        new(Tokenizer, Template, options with { MaxLength = Math.Min(options.MaxLength ?? Config.ContextLength, Config.ContextLength) });

    public ScalarType? DType(RunSession session) => ModelDType.Parse(session.Spec.DType);
}
