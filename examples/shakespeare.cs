// Learns to write like Shakespeare, letter by letter: dotnet run -c Release examples/shakespeare.cs TEXT
#:project ../src/Nabla.Text/Nabla.Text.csproj
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Text;
using Nabla.Training;

const int length = 128;
string text = TextFile.Read(args[0]);
IReadOnlyList<string> vocabulary = Vocabulary.Build([text], TextUnit.Character, lowerCase: false);
TextPreprocessing preprocessing = new() { Unit = TextUnit.Character, LowerCase = false, Length = length, Vocabulary = vocabulary };
IReadOnlyList<int> tokens = TextTokenizer.Of(preprocessing).EncodeToIds(text);
Dataset<Sample> windows = TokenWindows.Of(tokens, length, seed: 1);

TransformerOptions small = TransformerOptions.Llama with { Size = 96, Layers = 2, Dropout = 0 };
Sequential network = TransformerNetworks.Llama(vocabulary.Count, length, seed: 1, small);
AdamW optimizer = new(weightDecay: 0.1) { Schedule = new CosineDecay(0.004, windows.Count!.Value / 8, WarmupSteps: 50), ClipGlobalNorm = 1 };
Trainer trainer = new(network, new SparseCategoricalCrossEntropy(fromLogits: true), optimizer, new Perplexity());
trainer.Fit(windows, validation: null, new FitOptions { Epochs = 1, BatchSize = 8 });

SavedModel model = new("shakespeare", network) { Task = PredictionTask.LanguageModel, Preprocessing = new ModelPreprocessing(Text: preprocessing) };
TextGenerator generator = new(model);
await foreach (string piece in generator.StreamAsync("ROMEO:", new GenerationOptions { Temperature = 0.8, MaximumTokens = 300 }))
{
    Console.Write(piece);
}
