// Learns the species of irises from a table: dotnet run -c Release examples/iris.cs
#:project ../src/Nabla/Nabla.csproj
using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

CsvTable table = CsvTable.Read("docs/data/iris.csv");
var (testRows, trainRows) = Dataset.SplitIndices(table.RowCount, 0.2, seed: 1);

TablePreprocessing preprocessing = TablePreprocessing.Fit(table, target: "species", trainRows);
Dataset<Sample> rows = preprocessing.Apply(table).ToDataset();

Sequential model = new([preprocessing.InputSize], seed: 1,
    new Dense(16, ActivationKind.Relu), new Dense(preprocessing.Target.Classes.Count, ActivationKind.Softmax));

Trainer trainer = new(model, new SparseCategoricalCrossEntropy(), new Adam(0.01));
trainer.Fit(rows.Select(trainRows), options: new FitOptions { Epochs = 40, BatchSize = 16 });
Console.WriteLine(trainer.Evaluate(rows.Select(testRows)));
