using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;
using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Text;

/// <summary>
/// A network that reads texts as the <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> that .NET's code for AI takes: the vector of a text is the mean of
/// those of its tokens (Reimers and Gurevych, Sentence-BERT, 2019, arXiv 1908.10084), or what the network gives if that is one vector a text.
/// </summary>
/// <example>
/// <code>
/// using TextEmbeddingGenerator generator = new(encoder, tokenizer);
/// Embedding&lt;float&gt; vector = (await generator.GenerateAsync(["A quiet room."]))[0];
/// </code>
/// </example>
public sealed class TextEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int BatchSize = 32;

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
    }

    /// <summary>What the model is called.</summary>
    public string Name { get; init; } = "encoder";

    private int Size => network.OutputShape[-1];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text has no token that the network could read, or another number of dimensions is asked for.</exception>
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
        foreach (string[] texts in values.Chunk(BatchSize))
        {
            int[][] tokens = [.. texts.Select(Encode)];
            read += tokens.Sum(text => text.Length);
            vectors.AddRange(await Task.Run(() => Embed(tokens), cancellationToken).ConfigureAwait(false));
        }

        vectors.Usage = new UsageDetails { InputTokenCount = read, TotalTokenCount = read };
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

    private int[] Encode(string text)
    {
        int[] tokens = [.. tokenizer.EncodeToIds(text).Take(network.InputShape[0])];
        return tokens.Length > 0 ? tokens : throw new ArgumentException($"Expected a text, got '{text}', which has no tokens.", nameof(text));
    }

    // Whole windows: some networks take no others.
    private IEnumerable<Embedding<float>> Embed(int[][] tokens)
    {
        int length = network.InputShape[0];
        int[] ids = [.. tokens.SelectMany(text => text.Concat(Enumerable.Repeat(TextPreprocessing.PaddingId, length - text.Length)))];
        Tensor output = network.Forward(Tensor.From(ids).Reshape(tokens.Length, length));
        Tensor counts = Tensor.From([.. tokens.Select(text => text.Length)]);
        float[] vectors = (output.Rank == 3 ? Mean(output, counts) : output).ToArray<float>();
        return [.. tokens.Select((_, text) => new Embedding<float>(vectors.AsMemory(text * Size, Size)) { ModelId = Name })];
    }

    // [batch, time, size], of which the first counts[i] steps belong to text i.
    private static Tensor Mean(Tensor output, Tensor counts)
    {
        Tensor column = counts.ExpandDimensions(-1);
        Tensor isRead = Tensor.Range(output.Shape[1]).Less(column).To(output.DataType);
        return (output * isRead.ExpandDimensions(-1)).Sum([1]) / column.To(output.DataType);
    }
}
