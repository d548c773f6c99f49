using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;
using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Text;

/// <summary>
/// A network that reads texts as the <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> that .NET's code for AI takes: the vector of a text is the mean of
/// those of its tokens (Reimers and Gurevych, Sentence-BERT, 2019, arXiv 1908.10084), or what the network gives if that is one vector a text.
/// </summary>
/// <remarks>
/// Of a text that is longer than the network reads, the vector is that of its beginning: its <c>AdditionalProperties</c> have then
/// <see cref="UnreadTokens"/>, how many tokens were left unread, and those of all vectors together <see cref="TruncatedTexts"/>, of how many texts.
/// </remarks>
/// <example>
/// <code>
/// using TextEmbeddingGenerator generator = new(encoder, tokenizer);
/// Embedding&lt;float&gt; vector = (await generator.GenerateAsync(["A quiet room."]))[0];
/// </code>
/// </example>
public sealed class TextEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>The additional property of a vector that says how many tokens of its text were not read.</summary>
    public const string UnreadTokens = "unreadTokens";

    /// <summary>The additional property of all vectors together that says how many texts were not read to their end.</summary>
    public const string TruncatedTexts = "truncatedTexts";

    private const int BatchSize = 32;

    // As SentencePiece and GPT-2 write a space.
    private static readonly char[] Spaces = [' ', '\u2581', '\u0120'];

    private readonly Sequential network;
    private readonly Tokenizer tokenizer;

    /// <summary>A generator of vectors.</summary>
    /// <param name="network">
    /// From int32 <c>[batch, length]</c>, filled up with <see cref="TextPreprocessing.PaddingId"/>, to <c>[batch, length, size]</c> or <c>[batch, size]</c>.
    /// </param>
    /// <param name="tokenizer">What turns text into tokens; of longer texts the network reads the beginning.</param>
    /// <exception cref="ArgumentException">The network is another one.</exception>
    public TextEmbeddingGenerator(Sequential network, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (network.InputShape.Rank != 1 || network.InputType != DataType.Int32 || network.OutputShape.Rank is not (1 or 2))
        {
            throw new ArgumentException(
                $"Expected a network from tokens [batch, length] to vectors [batch, length, size] or [batch, size] but got one from "
                + $"{network.InputType.Label} {Layer.Batched(network.InputShape)} to {Layer.Batched(network.OutputShape)}.",
                nameof(network));
        }

        (this.network, this.tokenizer) = (network, tokenizer);
        UnknownToken = UnknownOf(tokenizer);
    }

    /// <summary>What the model is called.</summary>
    public string Name { get; init; } = "encoder";

    /// <summary>The token of what the vocabulary does not have, where the tokenizer has one; null when there is none.</summary>
    public int? UnknownToken { get; init; }

    private int Size => network.OutputShape[-1];

    private int Window => network.InputShape[0];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text has no token that the vocabulary knows, or another number of dimensions is asked for.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != Size)
        {
            throw new ArgumentException($"The vectors of '{Name}' have {Size} dimensions, not {dimensions}.", nameof(options));
        }

        GeneratedEmbeddings<Embedding<float>> vectors = [];
        long read = 0;
        int truncated = 0;
        foreach (string[] texts in values.Chunk(BatchSize))
        {
            IReadOnlyList<int>[] tokens = [.. texts.Select(Encode)];
            read += tokens.Sum(text => Math.Min(text.Count, Window));
            truncated += tokens.Count(text => text.Count > Window);
            vectors.AddRange(await Task.Run(() => Embed(tokens), cancellationToken).ConfigureAwait(false));
        }

        vectors.Usage = new UsageDetails { InputTokenCount = read, TotalTokenCount = read };
        vectors.AdditionalProperties = truncated > 0 ? new() { [TruncatedTexts] = truncated } : null;
        return vectors;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("nabla", defaultModelId: Name, defaultModelDimensions: Size)
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the network is memory alone.</summary>
    public void Dispose()
    {
    }

    private static int? UnknownOf(Tokenizer tokenizer) => tokenizer switch
    {
        VocabularyTokenizer or SubwordTokenizer => TextPreprocessing.UnknownId,
        WordPieceTokenizer pieces => pieces.UnknownTokenId,
        SentencePieceTokenizer pieces => pieces.UnknownId,
        BpeTokenizer { UnknownToken: { } token } pairs when pairs.Vocabulary.TryGetValue(token, out int id) => id,
        _ => null,
    };

    private IReadOnlyList<int> Encode(string text)
    {
        IReadOnlyList<EncodedToken> tokens = tokenizer.EncodeToTokens(text, out _);
        return tokens.Any(token => token.Id != UnknownToken && token.Value.Trim(Spaces).Length > 0) ? [.. tokens.Select(token => token.Id)] : throw new ArgumentException(
            $"Expected a text with tokens that '{Name}' knows, got '{text}', which has {(tokens.Count == 0 ? "no tokens" : $"{tokens.Count} that say nothing")}.", nameof(text));
    }

    // Whole windows: some networks take no others.
    private IEnumerable<Embedding<float>> Embed(IReadOnlyList<int>[] tokens)
    {
        int[] ids = [.. tokens.SelectMany(text => text.Concat(Enumerable.Repeat(TextPreprocessing.PaddingId, Window)).Take(Window))];
        Tensor output = network.Forward(Tensor.From(ids).Reshape(tokens.Length, Window));
        Tensor counts = Tensor.From([.. tokens.Select(text => Math.Min(text.Count, Window))]);
        float[] vectors = (output.Rank == 3 ? Mean(output, counts) : output).ToArray<float>();
        return [.. tokens.Select((text, place) => new Embedding<float>(vectors.AsMemory(place * Size, Size))
        {
            ModelId = Name,
            AdditionalProperties = text.Count > Window ? new() { [UnreadTokens] = text.Count - Window } : null,
        })];
    }

    // [batch, time, size], of which the first counts[i] steps belong to text i.
    private static Tensor Mean(Tensor output, Tensor counts)
    {
        Tensor column = counts.ExpandDimensions(-1);
        Tensor isRead = Tensor.Range(output.Shape[1]).Less(column).To(output.DataType);
        return (output * isRead.ExpandDimensions(-1)).Sum([1]) / column.To(output.DataType);
    }
}
