// Trains a small network on handwritten digits and saves it: dotnet run -c Release examples/digits.cs
#:project ../src/Nabla/Nabla.csproj
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

MnistData data = Mnist.Load("data/mnist");
var (train, validation) = data.Train.ToDataset().TrainValidationSplit(0.1, seed: 1);

Sequential model = new([28, 28, 1], seed: 1,
    new Flatten(), new Dense(64, ActivationKind.Relu), new Dense(10, ActivationKind.Softmax));

Trainer trainer = new(model, new SparseCategoricalCrossEntropy(), new Adam(0.001));
trainer.Fit(train, validation, new FitOptions { Epochs = 3 });
Console.WriteLine($"test accuracy {trainer.Evaluate(data.Test.ToDataset())["accuracy"]:P2}");

// One file that 'nabla inspect', 'nabla evaluate' and 'nabla predict' take.
Directory.CreateDirectory("runs");
ModelFolder.Save("runs/digits.nabla", new SavedModel("digits", model) { Labels = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")] });
