// Learns to say English numbers in German, whose tens stand behind the ones: dotnet run -c Release examples/translate.cs
#:project ../src/Nabla.Text/Nabla.Text.csproj
using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Text;
using Nabla.Text.Metrics;
using Nabla.Training;

ParallelTexts numbers = ParallelTexts.Read("docs/data/numbers.tsv");
(int[] test, int[] train) = Dataset.SplitIndices(numbers.Count, 0.1, seed: 1);
BpeTrainer bpe = new() { VocabularySize = 100, FurtherTokens = [TextPreprocessing.BeginToken, TextPreprocessing.EndToken] };
TextPreprocessing tokens = bpe.Train(numbers.Sources.Concat(numbers.Targets), length: 24);

Sequential network = TransformerNetworks.EncoderDecoder(
    tokens.Vocabulary.Count, tokens.Vocabulary.Count, tokens.Length, seed: 1,
    TransformerOptions.Translator with { Size = 64, Layers = 1, Dropout = 0, SharesVocabulary = true });
Trainer trainer = new(network, new SparseCategoricalCrossEntropy(fromLogits: true, ignoreIndex: 0), new Adam(0.002), new Accuracy(ignoreIndex: 0));
trainer.Fit(
    EncodedPairs.Of(numbers.Select(train), tokens, tokens).Samples, validation: null,
    new FitOptions { Epochs = 25, BatchSize = 32, Buckets = new LengthBuckets() });

Translator translator = new(network, tokens, tokens);
IReadOnlyList<Translation> translations = translator.Translate(numbers.Select(test).Sources, beams: 4);
BleuScore score = new Bleu { Tokenization = BleuTokenization.Characters }.Score([.. translations.Select(translation => translation.Text)], numbers.Select(test).Targets);
Console.WriteLine(score);
Console.WriteLine(translator.Translate(["three hundred and forty-two"])[0].Text);
