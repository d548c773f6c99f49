using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Text.Tests;

public sealed class TranslatorTests : IDisposable
{
    private static readonly Lazy<Sequential> Learnt = new(() => NumberWords.Trained(sentences: 1200, epochs: 12));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_network_that_has_learnt_translates_sentences_it_has_not_seen(int beams)
    {
        ParallelTexts unseen = NumberWords.Pairs(60, seed: 9);
        Translator translator = new(Learnt.Value, NumberWords.Source, NumberWords.Target);
        IReadOnlyList<Translation> translations = translator.Translate(unseen.Sources, beams, cancellationToken: TestContext.Current.CancellationToken);
        int right = translations.Zip(unseen.Targets).Count(pair => pair.First.Text == pair.Second);
        Assert.InRange(right, 55, 60);
    }

    [Fact]
    public void Translations_side_by_side_are_those_of_each_sentence_alone()
    {
        IReadOnlyList<string> sentences = NumberWords.Pairs(13, seed: 3).Sources;
        Translator translator = new(NumberWords.Network(seed: 4), NumberWords.Source, NumberWords.Target);
        IReadOnlyList<Translation> together = translator.Translate(sentences, beams: 3, cancellationToken: TestContext.Current.CancellationToken);
        for (int index = 0; index < sentences.Count; index++)
        {
            // The limit of length is that of the longest sentence of a group: it is given here by one more.
            Translation alone = translator.Translate([sentences[index], sentences.MaxBy(sentence => sentence.Length)!], 3, cancellationToken: TestContext.Current.CancellationToken)[0];
            Assert.Equal(alone.Text, together[index].Text);
            Assert.Equal(alone.Score, together[index].Score, 1e-4);
        }
    }

    [Fact]
    public void Sentences_that_are_too_long_or_unknown_are_marked()
    {
        Translator translator = new(NumberWords.Network(seed: 1), NumberWords.Source, NumberWords.Target);
        IReadOnlyList<Translation> translations = translator.Translate(
            ["one two three four five one two three", "one two three four five one two", "six seven"], beams: 1, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(7, translator.Window);
        Assert.Equal([true, false, false], translations.Select(translation => translation.IsTruncated));
        Assert.Equal([false, false, true], translations.Select(translation => translation.IsUnknown));
        Assert.Empty(translator.Translate([], cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_map_of_a_translation_from_behind_leads_from_behind()
    {
        AttentionMap map = new Translator(Learnt.Value, NumberWords.Source, NumberWords.Target).Attention("one two three four five");
        Assert.Equal(["one", "two", "three", "four", "five", "<eos>"], map.Source);
        Assert.Equal(["fünf", "vier", "drei", "zwei", "eins", "<eos>"], map.Target);
        Assert.Equal([6, 6], map.Weights.Shape.ToArray());
        Assert.All(map.Weights.Sum([1]).ToArray<float>(), sum => Assert.Equal(1, sum, 1e-5));
        int[] looked = map.Weights.Slice(0, 0, 5).ArgMax(-1).ToArray<int>();
        Assert.True(looked.Zip(looked.Skip(1)).All(pair => pair.First >= pair.Second), string.Join(' ', looked));
        Assert.True(looked[0] > looked[4]);
    }

    [Fact]
    public void The_weights_of_the_map_are_the_softmax_of_queries_and_keys_head_by_head()
    {
        Sequential network = NumberWords.Network(seed: 6);
        AttentionMap map = new Translator(network, NumberWords.Source, NumberWords.Target).Attention("three one", beams: 2);
        EncoderDecoder layer = (EncoderDecoder)network.Layers[0];
        int[] written = [2, .. map.Target.SkipLast(1).Select(token => NumberWords.Target.Vocabulary.ToList().IndexOf(token))];
        Tensor memory = layer.Encode(Tensor.From([6, 4, 3], [1, 3])).Values;
        IReadOnlyDictionary<string, Module> decoder = layer.Decoder.Children;
        IReadOnlyDictionary<string, Module> block = decoder["2"].Children;
        Tensor x = decoder["1"].Forward(decoder["0"].Forward(Tensor.From(written, [1, written.Length])));
        x = x + block["attention"].Forward(block["attentionNorm"].Forward(x));
        Tensor queries = block["crossAttention"].Children["query"].Forward(block["crossNorm"].Forward(x)).Squeeze(0);
        Tensor keys = block["crossAttention"].Children["key"].Forward(memory).Squeeze(0);
        Tensor expected = (OfHead(0) + OfHead(1)) * 0.5;
        Assert.All(expected.ToArray<float>().Zip(map.Weights.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));

        Tensor OfHead(int head) =>
            (queries.Slice(1, head * 16, 16).MatMul(keys.Slice(1, head * 16, 16), transposeRight: true) * 0.25).Softmax();
    }

    [Fact]
    public void The_map_of_additive_attention_is_the_softmax_of_its_scores()
    {
        Sequential network = RecurrentTranslator.Create(
            NumberWords.Source.Vocabulary.Count, NumberWords.Target.Vocabulary.Count, NumberWords.Source.Length, seed: 2,
            new RecurrentTranslatorOptions { EmbeddingSize = 6, Units = 5, IsAdditive = true });
        AttentionMap map = new Translator(network, NumberWords.Source, NumberWords.Target).Attention("three one", beams: 2);
        EncoderDecoder layer = (EncoderDecoder)network.Layers[0];
        int[] written = [2, .. map.Target.SkipLast(1).Select(token => NumberWords.Target.Vocabulary.ToList().IndexOf(token))];
        Tensor memory = layer.Encode(Tensor.From([6, 4, 3], [1, 3])).Values;
        IReadOnlyDictionary<string, Module> decoder = layer.Decoder.Children;
        Tensor x = decoder["2"].Forward(decoder["1"].Forward(decoder["0"].Forward(Tensor.From(written, [1, written.Length]))));
        IReadOnlyDictionary<string, Module> attention = decoder["3"].Children["1"].Children;
        Tensor sums = attention["query"].Forward(x).ExpandDimensions(2) + attention["key"].Forward(memory).ExpandDimensions(1);
        Tensor expected = attention["score"].Forward(sums.Tanh()).Reshape(written.Length, 3).Softmax();
        Assert.All(expected.ToArray<float>().Zip(map.Weights.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void A_saved_model_translates_as_before_and_says_what_it_needs()
    {
        SavedModel model = new("numbers", Learnt.Value)
        {
            Task = PredictionTask.Translation,
            Preprocessing = new ModelPreprocessing(Text: NumberWords.Source, Target: NumberWords.Target),
        };
        ModelFolder.Save(folder.File("numbers.nabla"), model);
        SavedModel loaded = ModelFolder.Load(folder.File("numbers.nabla"));
        Assert.Equal("zwei eins", new Translator(loaded).Translate(["one two"], cancellationToken: TestContext.Current.CancellationToken)[0].Text);
        Assert.Contains("does not write texts", Error(() => new Translator(model with { Preprocessing = new ModelPreprocessing(Text: NumberWords.Source) })), StringComparison.Ordinal);
        Assert.Contains("one EncoderDecoder", Error(() => new Translator(new Sequential([3], 1, new Dense(2)), NumberWords.Source, NumberWords.Target)), StringComparison.Ordinal);
        TextPreprocessing endless = NumberWords.Target with { Vocabulary = TextPreprocessing.SpecialTokens };
        Assert.Contains("needs the token <bos>", Error(() => new Translator(Learnt.Value, NumberWords.Source, endless)), StringComparison.Ordinal);
    }

    private static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;
}
