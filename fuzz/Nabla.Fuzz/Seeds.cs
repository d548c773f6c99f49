using Nabla.Data;
using Nabla.Formats;
using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Fuzz;

/// <summary>Writes the seeds of the formats that only this library writes: they are made anew when one of those formats changes.</summary>
public static class Seeds
{
    /// <summary>Writes them into a corpus.</summary>
    /// <param name="corpus">The folder that has a folder of seeds a format.</param>
    public static void Write(string corpus)
    {
        string FolderOf(string format) => Directory.CreateDirectory(Path.Combine(corpus, format)).FullName;

        ModelFolder.Save(Path.Combine(FolderOf("model-archive"), "dense.nabla"), Table());
        ModelFolder.Save(Path.Combine(FolderOf("model-archive"), "convolution.nabla"), Pictures());
        string model = Path.Combine(FolderOf("model-json"), "model");
        ModelFolder.Save(model, Pictures());
        Directory.CreateDirectory(Path.Combine(corpus, "model-json", "beside"));
        File.Move(Path.Combine(model, "model.json"), Path.Combine(corpus, "model-json", "pictures.json"), overwrite: true);
        File.Move(Path.Combine(model, "weights.safetensors"), Path.Combine(corpus, "model-json", "beside", "weights.safetensors"), overwrite: true);
        Directory.Delete(model);
        WriteGraph(corpus, FolderOf("graph-json"));
        WriteCheckpoint(Path.Combine(FolderOf("checkpoint"), "trained.safetensors"));
    }

    // The graph is spoilt beside a good description, and the description beside a good graph.
    private static void WriteGraph(string corpus, string folder)
    {
        string model = Path.Combine(folder, "model");
        ModelFolder.Save(model, Pair());
        foreach ((string spoilt, string format) in new[] { ("graph.json", "graph-json"), ("model.json", "graph-model-json") })
        {
            string beside = Directory.CreateDirectory(Path.Combine(corpus, format, "beside")).FullName;
            foreach (string file in Directory.EnumerateFiles(model).Where(file => Path.GetFileName(file) != spoilt))
            {
                File.Copy(file, Path.Combine(beside, Path.GetFileName(file)), overwrite: true);
            }

            File.Copy(Path.Combine(model, spoilt), Path.Combine(corpus, format, "pair.json"), overwrite: true);
        }

        Directory.Delete(model, recursive: true);
    }

    private static SavedGraph Pair()
    {
        Sequential encoder = new([3], 1, new Dense(2));
        GraphInput[] inputs = [new("left", DataType.Float32, "batch", 3), new("right", DataType.Float32, "batch", GraphSize.UpTo("time", 8), 3)];
        return new SavedGraph("pair", GraphNetwork.Trace(encoder, x => [encoder.Forward(x[0]), encoder.Forward(x[1].Mean([1]))], inputs));
    }

    private static SavedModel Pictures() => new(
        "pictures", new Sequential([4, 4, 3], 1, new Conv2D(2, 3), new BatchNorm(), new Flatten(), new Dense(2)))
    {
        Labels = ["circle", "square"],
        Preprocessing = new ModelPreprocessing(Image: new ImagePreprocessing { Height = 4, Width = 4, Channels = 3 }),
        Licence = "MIT",
    };

    private static SavedModel Table() => new("table", new Sequential([3], 1, new Dense(2), new Dense(1))) { Task = PredictionTask.Regression };

    private static void WriteCheckpoint(string path)
    {
        Dataset<Sample> data = Dataset.FromTensors([Tensor.Ones([4, 3])], Tensor.Ones([4, 1]));
        Trainer trainer = new(Table().Network, new MeanSquaredError(), new Adam(0.01));
        trainer.Fit(data, options: new FitOptions { Epochs = 1, BatchSize = 2, Checkpoints = new CheckpointPlan(path) });
    }
}
