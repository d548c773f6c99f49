using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Text;

/// <summary>Translates sentences with an encoder-decoder network: many side by side, each with a number of beams.</summary>
/// <example>
/// <code>
/// Translator translator = new(ModelFolder.Load("runs/multi30k/model"));
/// Console.WriteLine(translator.Translate(["a man is riding a horse."])[0].Text);
/// </code>
/// </example>
public sealed class Translator
{
    private const int SentencesAtOnce = 64;

    // Translations are seldom much longer than their sentences; without a limit a bad model would never end.
    private const double LongestShare = 1.5;
    private const int LongestRest = 10;

    private readonly EncoderDecoder network;
    private readonly SentenceEncoder source;
    private readonly SentenceEncoder target;

    /// <summary>A translator.</summary>
    /// <param name="network">A network whose only layer is an <see cref="EncoderDecoder"/>.</param>
    /// <param name="source">How sentences become tokens.</param>
    /// <param name="target">How tokens become translations.</param>
    /// <exception cref="ArgumentException">The network is another one, or a vocabulary has no token of the beginning or the end.</exception>
    public Translator(Sequential network, TextPreprocessing source, TextPreprocessing target)
    {
        ArgumentNullException.ThrowIfNull(network);
        this.network = network.Layers is [EncoderDecoder only]
            ? only
            : throw new ArgumentException("A translator needs a network of one EncoderDecoder.", nameof(network));
        (this.source, this.target) = (new SentenceEncoder(source), new SentenceEncoder(target));
    }

    /// <summary>The translator that a saved model is.</summary>
    /// <exception cref="ArgumentException">The model does not translate.</exception>
    public Translator(SavedModel model)
        : this(
            (model ?? throw new ArgumentNullException(nameof(model))).Network,
            model.Preprocessing?.Text ?? throw new ArgumentException($"The model '{model.Name}' does not read texts.", nameof(model)),
            model.Preprocessing.Target ?? throw new ArgumentException($"The model '{model.Name}' does not write texts.", nameof(model)))
    {
    }

    /// <summary>The tokens of the longest sentence that is read to its end.</summary>
    public int Window => source.Length - 1;

    /// <summary>Translates sentences.</summary>
    /// <param name="sentences">The sentences.</param>
    /// <param name="beams">How many translations of a sentence are followed side by side, 1 or more; 1 takes the most probable token each time.</param>
    /// <param name="lengthPenalty">How much longer translations are preferred, 0 or more; see <see cref="Hypothesis.Score"/>.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>A translation for each sentence.</returns>
    public IReadOnlyList<Translation> Translate(
        IReadOnlyList<string> sentences, int beams = 4, double lengthPenalty = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        EncodedSentence[] encoded = [.. sentences.Select(source.Encode)];
        Translation[] translations = new Translation[sentences.Count];

        // Sentences of one length together: little is computed for what they are filled up with.
        foreach (int[] group in Enumerable.Range(0, encoded.Length).OrderBy(index => encoded[index].Ids.Length).Chunk(SentencesAtOnce))
        {
            int[][] ids = [.. group.Select(index => encoded[index].Ids)];
            foreach ((int index, Hypothesis best) in group.Zip(Search(ids, beams, lengthPenalty, cancellationToken)))
            {
                EncodedSentence sentence = encoded[index];
                translations[index] = new Translation(target.Decode(best.Tokens), best.Score, sentence.IsTruncated, sentence.IsUnknown);
            }
        }

        return translations;
    }

    /// <summary>Shows where a translation looked.</summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="beams">How many translations are followed side by side, 1 or more; the best is shown.</param>
    /// <param name="lengthPenalty">How much longer translations are preferred, 0 or more.</param>
    public AttentionMap Attention(string sentence, int beams = 4, double lengthPenalty = 1)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        int[] ids = source.Encode(sentence).Ids;
        int[] best = [.. Search([ids], beams, lengthPenalty, CancellationToken.None)[0].Tokens];
        Tensor weights = CrossAttention.Of(network, Row(ids), Row([target.Begin, .. best]));
        return new AttentionMap([.. ids.Select(source.Show)], [.. best.Append(target.End).Select(target.Show)], weights);
    }

    private static Tensor Row(int[] ids) => Tensor.From(ids, [1, ids.Length]);

    private IReadOnlyList<Hypothesis> Search(int[][] sentences, int beams, double lengthPenalty, CancellationToken cancellationToken)
    {
        int longest = sentences.Max(ids => ids.Length);
        GenerationOptions options = new()
        {
            Beams = beams,
            LengthPenalty = lengthPenalty,
            MaximumTokens = Math.Min(target.Length, (int)(longest * LongestShare) + LongestRest),
            StopTokens = [target.End],
            ForbiddenTokens = [TextPreprocessing.PaddingId, TextPreprocessing.UnknownId, target.Begin],
        };
        int[][] prompts = [.. sentences.Select(_ => new[] { target.Begin })];
        DecoderSteps steps = new(network, Stack(sentences, longest));
        return BeamSearch.RunAll(steps, prompts, options, cancellationToken);
    }

    private static Tensor Stack(int[][] sentences, int length)
    {
        int[] rows = new int[sentences.Length * length];
        for (int index = 0; index < sentences.Length; index++)
        {
            sentences[index].CopyTo(rows, index * length);
        }

        return Tensor.From(rows, [sentences.Length, length]);
    }
}
