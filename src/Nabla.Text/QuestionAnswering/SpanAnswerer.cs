using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Text.QuestionAnswering;

/// <summary>Answers questions by a network that says where in a passage the answer begins and ends.</summary>
/// <example>
/// <code>
/// SpanAnswerer answerer = SpanAnswerer.Create(questions, seed: 1);
/// Trainer trainer = new(answerer.Network, new SparseCategoricalCrossEntropy(), new Adam(0.002));
/// trainer.Fit(answerer.Samples(questions).Samples, validation: null, new FitOptions { Epochs = 10, BatchSize = 16, Buckets = new LengthBuckets() });
/// GivenAnswer answer = answerer.Answer("Who wrote it?", passage);
/// </code>
/// </example>
public sealed class SpanAnswerer : IAnswerer
{
    private const double Tiny = 1e-30;
    private const int Multiple = 32;

    private readonly PassageEncoder encoder;
    private readonly int window;

    /// <summary>An answerer with a network that is there.</summary>
    /// <param name="network">The network: a <see cref="SpanReader"/>.</param>
    /// <param name="text">How texts become tokens.</param>
    /// <param name="reading">How questions and passages become inputs.</param>
    /// <exception cref="ArgumentException">The network reads other inputs.</exception>
    public SpanAnswerer(Sequential network, TextPreprocessing text, ReadingPreprocessing reading)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(reading);
        Shape expected = [1 + TokenFeatures.Sizes.Count, text.Length];
        (Network, Text, Reading) = (network, text, reading);
        encoder = new PassageEncoder(text, reading);
        window = text.Length - reading.QuestionLength;
        if (network.InputShape != expected || network.OutputShape != [2, 1 + window])
        {
            throw new ArgumentException(
                $"A network of questions about passages takes {expected} to [2, {1 + window}], but this one {network.InputShape} to {network.OutputShape}.");
        }
    }

    /// <summary>The network, int32 <c>[batch, rows, tokens]</c> to probabilities <c>[batch, 2, 1 + window]</c>.</summary>
    public Sequential Network { get; }

    /// <summary>How texts become tokens.</summary>
    public TextPreprocessing Text { get; }

    /// <summary>How questions and passages become inputs.</summary>
    public ReadingPreprocessing Reading { get; }

    /// <summary>An answerer that has learnt nothing yet, with the words and lengths of questions to learn from.</summary>
    /// <param name="train">The questions to learn from.</param>
    /// <param name="seed">What decides the initial weights.</param>
    /// <param name="options">Its sizes.</param>
    public static SpanAnswerer Create(PassageSet train, long seed, SpanAnswererOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new SpanAnswererOptions();
        (TextPreprocessing text, ReadingPreprocessing reading) = options.Fit(train);
        SpanReader reader = new(text.Vocabulary.Count, new SpanReaderOptions
        {
            QuestionLength = reading.QuestionLength,
            FeatureSizes = TokenFeatures.Sizes,
            EmbeddingSize = options.EmbeddingSize,
            HiddenSize = options.HiddenSize,
            Layers = options.Layers,
            Dropout = options.Dropout,
        });
        return new SpanAnswerer(new Sequential([1 + TokenFeatures.Sizes.Count, text.Length], seed, reader), text, reading);
    }

    /// <summary>Questions as samples to learn from: a sample for each window of a passage.</summary>
    /// <param name="set">The questions.</param>
    public EncodedQuestions Samples(PassageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        EncodedQuestions.Builder builder = new(encoder);
        foreach (Passage passage in set.Passages)
        {
            builder.Add(passage);
        }

        return builder.Build();
    }

    /// <summary>The answer to a question. Of a passage of several windows it is the likeliest of all, and none only if none of them has one.</summary>
    /// <inheritdoc/>
    public GivenAnswer Answer(string question, string passage)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(passage);
        (ReadText asked, ReadText read) = (new(question), new(passage));
        GivenAnswer best = new(null, 0, 1);
        foreach (PassageWindow part in encoder.Windows(asked, read))
        {
            GivenAnswer answer = InWindow(part, read);
            best = (answer.Score > best.Score ? answer : best) with { NoneScore = Math.Min(best.NoneScore, answer.NoneScore) };
        }

        best = best with { IsTruncated = encoder.Truncates(asked), IsUnknown = !encoder.Knows(asked) };
        return Reading.MayHaveNone ? best : best with { NoneScore = 0 };
    }

    // Lengths are rounded up, so that a compiled network would know few of them.
    private GivenAnswer InWindow(PassageWindow part, ReadText passage)
    {
        int places = Math.Min(window, (part.Count + Multiple - 1) / Multiple * Multiple);
        Tensor fill = Tensor.Zeros([part.Input.Shape[0], Math.Max(0, Reading.QuestionLength + places - part.Input.Shape[1])], DataType.Int32);
        Tensor input = fill.ElementCount == 0 ? part.Input : ShapeOps.Concatenate(1, part.Input, fill);
        ReadOnlySpan<float> output = Network.Forward(input.ExpandDimensions(0)).AsSpan<float>();
        ReadOnlySpan<float> begins = output[..(output.Length / 2)];
        ReadOnlySpan<float> ends = output[(output.Length / 2)..];
        (int first, int last, double score) = (0, 0, 0);
        for (int begin = 1; begin <= part.Count; begin++)
        {
            for (int end = begin; end <= Math.Min(part.Count, begin + Reading.LongestAnswer - 1); end++)
            {
                double both = (double)begins[begin] * ends[end];
                (first, last, score) = both > score ? (begin, end, both) : (first, last, score);
            }
        }

        AnswerSpan? span = first > 0 ? passage.Span(part.First + first - 1, part.First + last - 1) : null;
        return new GivenAnswer(span, score, Math.Max(Tiny, (double)begins[0] * ends[0]));
    }
}
