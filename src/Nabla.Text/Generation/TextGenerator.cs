using System.Runtime.CompilerServices;
using Microsoft.ML.Tokenizers;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Text;

/// <summary>Continues texts with a language model: a network that says for each place of a text how likely each token is to come next.</summary>
/// <example>
/// <code>
/// TextGenerator generator = new(ModelFolder.Load("runs/shakespeare/model"));
/// await foreach (string piece in generator.StreamAsync("ROMEO:", new GenerationOptions { Temperature = 0.8, MaximumTokens = 300 }))
/// {
///     Console.Write(piece);
/// }
/// </code>
/// </example>
public sealed class TextGenerator
{
    private readonly Sequential network;
    private readonly NetworkReading reading;
    private readonly Tokenizer tokenizer;

    /// <summary>A generator of a network and a tokenizer.</summary>
    /// <param name="network">From int32 <c>[batch, length]</c> to logits or logarithms of probabilities <c>[batch, length, vocabulary]</c>.</param>
    /// <param name="tokenizer">What turns text into tokens and back.</param>
    /// <exception cref="ArgumentException">The network does not read tokens.</exception>
    public TextGenerator(Sequential network, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        reading = NetworkReading.Of(network);
        (this.network, this.tokenizer) = (network, tokenizer);
    }

    /// <summary>A generator of a saved language model.</summary>
    /// <exception cref="ArgumentException">The model is none, or does not say how a text becomes its input.</exception>
    public TextGenerator(SavedModel model)
        : this((model ?? throw new ArgumentNullException(nameof(model))).Network, TextTokenizer.Of(PreprocessingOf(model)))
    {
        Name = model.Name;
        SpecialPlaces places = SpecialPlaces.Of(PreprocessingOf(model).Vocabulary);
        (BeginToken, StopTokens, ForbiddenTokens, UnknownToken) = (places.Begin, places.End, places.Never, TextPreprocessing.UnknownId);
    }

    /// <summary>What the model is called.</summary>
    public string Name { get; init; } = "language-model";

    /// <summary>The token that an empty prompt stands for; 0 by default.</summary>
    public int BeginToken { get; init; }

    /// <summary>Tokens that end each text, besides those of the options.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>Tokens that are never made, besides those of the options.</summary>
    public IReadOnlyList<int> ForbiddenTokens { get; init; } = [];

    /// <summary>The token of what the vocabulary does not have; such parts of a prompt are left out. Null when there is none.</summary>
    public int? UnknownToken { get; init; }

    /// <summary>How many tokens the model sees at once; of longer texts the oldest are forgotten.</summary>
    public int Window => network.InputShape[0];

    /// <summary>The tokens of a prompt, and how many were left out because the model does not know them.</summary>
    public (IReadOnlyList<int> Tokens, int Unknown) Encode(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        IReadOnlyList<int> all = tokenizer.EncodeToIds(prompt);
        int[] known = [.. all.Where(token => token != UnknownToken)];
        return (known.Length > 0 ? known : [BeginToken], all.Count - known.Length);
    }

    /// <summary>The tokens that follow a prompt, each made when it is asked for.</summary>
    /// <param name="prompt">The tokens of the prompt, at least one.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends a beam search, which finds all tokens at once.</param>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    public IEnumerable<int> Continue(IReadOnlyList<int> prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Count == 0)
        {
            throw new ArgumentException($"Expected at least one token to go on from, such as {BeginToken}, but got none.", nameof(prompt));
        }

        GenerationOptions full = Complete(options ?? new GenerationOptions());
        IStepFunction steps = new NetworkSteps(network, reading);
        return full.Beams > 1 ? BeamSearch.Run(steps, prompt, full, cancellationToken)[0].Tokens : OneByOne(steps, prompt, full);
    }

    /// <summary>The text that follows a prompt.</summary>
    /// <inheritdoc cref="StreamAsync(string, GenerationOptions?, CancellationToken)"/>
    public string Generate(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        string.Concat(Pieces(Encode(prompt).Tokens, options, made: null, cancellationToken));

    /// <summary>The text that follows a prompt, piece by piece as it comes; each piece is of whole characters.</summary>
    /// <param name="prompt">What to go on from; may be empty.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the text.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IAsyncEnumerable<string> StreamAsync(string prompt, GenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamAsync(Encode(prompt).Tokens, options, made: null, cancellationToken);

    /// <summary>The same for a prompt of tokens; each token that is made is told.</summary>
    internal async IAsyncEnumerable<string> StreamAsync(
        IReadOnlyList<int> prompt, GenerationOptions? options, Action<int>? made, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IEnumerator<string> pieces = Pieces(prompt, options, made, cancellationToken).GetEnumerator();

        // Computing keeps a thread busy, which must not be the one that shows the text.
        while (await Task.Run(pieces.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            yield return pieces.Current;
        }
    }

    private static TextPreprocessing PreprocessingOf(SavedModel model) => model is { Task: PredictionTask.LanguageModel, Preprocessing.Text: { } text }
        ? text
        : throw new ArgumentException($"'{model.Name}' is no language model.", nameof(model));

    private static IEnumerable<int> OneByOne(IStepFunction steps, IReadOnlyList<int> prompt, GenerationOptions options)
    {
        TokenChooser chooser = new(options);
        RandomKey key = RandomKey.FromSeed(options.Seed);
        List<int> tokens = [.. prompt];
        Tensor next = Tensor.From([.. prompt]).Reshape(1, prompt.Count);
        for (int made = 0; made < options.MaximumTokens; made++)
        {
            int token = chooser.Choose(steps.Step(next).ToArray<float>(), tokens, key.Fold(made));
            if (options.StopTokens.Contains(token))
            {
                yield break;
            }

            yield return token;
            tokens.Add(token);
            next = Tensor.From([token]).Reshape(1, 1);
        }
    }

    private IEnumerable<string> Pieces(
        IReadOnlyList<int> prompt, GenerationOptions? options, Action<int>? made, CancellationToken cancellationToken)
    {
        StreamingDecoder decoder = new(tokenizer, prompt);
        foreach (int token in Continue(prompt, options, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            made?.Invoke(token);
            if (decoder.Add(token) is { Length: > 0 } piece)
            {
                yield return piece;
            }
        }

        if (decoder.Finish() is { Length: > 0 } rest)
        {
            yield return rest;
        }
    }

    private GenerationOptions Complete(GenerationOptions options) => options with
    {
        StopTokens = [.. StopTokens, .. options.StopTokens],
        ForbiddenTokens = [.. ForbiddenTokens, .. options.ForbiddenTokens],
    };
}
