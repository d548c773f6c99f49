using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// A memory that is asked several times in a row (Sukhbaatar et al., End-To-End Memory Networks, 2015, arXiv 1503.08895), from int32
/// <c>[batch, 1 + memories, words]</c> to what it knows in the end <c>[batch, size]</c>: row 0 of a sample is the question, the others are the sentences
/// of a story, the latest first; 0 stands for no word. Each hop weighs all sentences by how well they meet the state, <c>p = softmax(m u)</c>, and adds
/// what they say, <c>u' = u + sum(p c)</c>. Sentences are sums of their words' vectors, weighted by the place in the sentence (position encoding), and
/// a vector of their age. The vectors that answer in one hop are those that are asked in the next ("adjacent" weights), so its parameters are
/// <c>words0</c> to <c>words{hops}</c> <c>[vocabularySize, size]</c> and <c>ages0</c> to <c>ages{hops}</c> <c>[memories, size]</c>.
/// </summary>
/// <example>
/// <code>
/// Sequential network = new([1 + 10, 7], seed: 1, new EndToEndMemory(vocabularySize: 30, size: 40), new Dense(6, ActivationKind.Softmax));
/// </code>
/// </example>
public sealed class EndToEndMemory : Layer
{
    private const double Deviation = 0.1;
    private const int MostHops = 64;
    private const double Unseen = -1e9;

    private readonly int vocabularySize;
    private readonly int size;
    private readonly int hops;
    private Parameter[]? words;
    private Parameter[]? ages;

    /// <summary>A memory.</summary>
    /// <param name="vocabularySize">How many words there are: from 0, which stands for none, up to, not including, this.</param>
    /// <param name="size">The length of a vector.</param>
    /// <param name="hops">How often the memory is asked, at most 64 times.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    public EndToEndMemory(int vocabularySize, int size, int hops = 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabularySize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hops);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hops, MostHops);
        (this.vocabularySize, this.size, this.hops) = (vocabularySize, size, hops);
    }

    /// <summary>How many words there are.</summary>
    public int VocabularySize => vocabularySize;

    /// <inheritdoc/>
    public override DataType InputType => DataType.Int32;

    private static string Expected => "[batch, 1 + memories, words]";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 2 && input[0] > 1 ? [size] : throw Unfit(Expected, input);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)hops * 2 * (OutputShape(input)[0] * (input[0] - 1));

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["vocabularySize"] = vocabularySize, ["size"] = size, ["hops"] = hops };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Parameter[] tables = Built(words);
        if (input.Rank != 3 || input.Shape[1] != InputShape![0])
        {
            throw Unfit($"[batch, {InputShape![0]}, words]", input);
        }

        int memories = input.Shape[1] - 1;
        Tensor weights = Places(input, tables[0].Value.DataType);
        Tensor empty = input.Slice(1, 1, memories).NotEqual(0).To(weights.DataType).Max([2]).Equal(0).To(weights.DataType) * Unseen;
        Tensor[] sentences = Array.ConvertAll(tables, table => (table.Value.Gather(0, input) * weights).Sum([2]));
        Tensor state = sentences[0].Slice(1, 0, 1);
        for (int hop = 0; hop < hops; hop++)
        {
            Tensor asked = Memories(sentences, hop, memories);
            Tensor said = Memories(sentences, hop + 1, memories);
            Tensor met = state.MatMul(asked, transposeRight: true) + empty.ExpandDimensions(1);
            state += met.Softmax().MatMul(said);
        }

        return state.Squeeze(1);
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        RandomNormal normal = new(0, Deviation);
        words = [.. Enumerable.Range(0, hops + 1).Select(hop => Register($"words{hop}", normal, [vocabularySize, size], key))];
        ages = [.. Enumerable.Range(0, hops + 1).Select(hop => Register($"ages{hop}", normal, [input[0] - 1, size], key))];
    }

    internal static Layer Create(JsonAttributes json) => new EndToEndMemory(json.Integer("vocabularySize"), json.Integer("size"), json.Integer("hops"));

    private Tensor Memories(Tensor[] sentences, int hop, int memories) => sentences[hop].Slice(1, 1, memories) + Built(ages)[hop].Value;

    // Equation of section 4.1: l = (1 - j / J) - (k / d)(1 - 2 j / J) for word j of J and number k of d; 0 where there is no word.
    private Tensor Places(Tensor input, DataType dataType)
    {
        int length = input.Shape[2];
        Tensor place = Tensor.Range(1, length + 1, 1, dataType).Reshape(length, 1) / length;
        Tensor number = Tensor.Range(1, size + 1, 1, dataType).Reshape(1, size) / size;
        return (1 - place - (number * (1 - (place * 2)))) * input.NotEqual(0).To(dataType).ExpandDimensions(-1);
    }
}
