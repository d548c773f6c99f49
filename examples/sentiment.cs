// Learns what praises and what blames from a few reviews: dotnet run -c Release examples/sentiment.cs
#:project ../src/Nabla.Text/Nabla.Text.csproj
using Nabla;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Text;
using Nabla.Training;

LabeledTexts texts = LabeledTexts.Read("docs/data/reviews.csv");
IReadOnlyList<string> vocabulary = Vocabulary.Build(texts.Texts, TextUnit.Word, mostTokens: 5000);
TextPreprocessing preprocessing = new() { Unit = TextUnit.Word, Length = 16, Vocabulary = vocabulary };

Sequential network = TextCnn.Create(vocabulary.Count, preprocessing.Length, texts.Classes.Count, seed: 1);
Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Adam(0.002), new Accuracy());
trainer.Fit(texts.ToDataset(preprocessing), validation: null, new FitOptions { Epochs = 15, BatchSize = 16 });

Tensor answer = network.Forward(EncodedTexts.Of(preprocessing, ["The view was wonderful!"]).Ids);
Console.WriteLine(texts.Classes[answer.ArgMax(-1).ToArray<int>()[0]]);
