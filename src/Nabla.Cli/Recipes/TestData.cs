using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Text;
using Nabla.Vision;

namespace Nabla.Cli.Recipes;

/// <summary>Reads data that a saved model is to be judged by, in the way in which the model was trained.</summary>
internal static class TestData
{
    /// <exception cref="UsageException">The model and the data do not fit together.</exception>
    public static Dataset<Sample> Load(SavedModel model, string path, CancellationToken cancellationToken) => model.Preprocessing switch
    {
        { Table: { } table } => LoadTable(table, path),
        { Text: { } text } when model.Task == PredictionTask.LanguageModel => LoadText(text, path),
        { Text: not null } when StoryData.IsOf(model) => StoryData.Load(model, path),
        { Text: { } text } => LabeledTexts.Read(path, classes: model.Labels).ToDataset(text),
        { Image: { } image } => LoadImages(model, image, path, cancellationToken),
        _ => LoadIdx(model, path),
    };

    /// <summary>Whether a folder has MNIST's files.</summary>
    public static bool IsIdx(string path) => Directory.Exists(path) && Directory.EnumerateFiles(path, "t10k-images*").Any();

    private static Dataset<Sample> LoadTable(TablePreprocessing preprocessing, string path)
    {
        CsvTable table = CsvTable.Read(path);
        _ = table[preprocessing.Target.Name];
        return table.RowCount > 0
            ? preprocessing.Apply(table).ToDataset()
            : throw new UsageException($"{path}: expected rows after the header, got none.");
    }

    private static Dataset<Sample> LoadText(TextPreprocessing preprocessing, string path)
    {
        IReadOnlyList<int> tokens = TextTokenizer.Of(preprocessing).EncodeToIds(TextFile.Read(path));
        return tokens.Count > preprocessing.Length
            ? TokenWindows.Of(tokens, preprocessing.Length)
            : throw new UsageException($"{path}: expected a text of more than {preprocessing.Length} tokens, which the model sees at once, got {tokens.Count}.");
    }

    private static Dataset<Sample> LoadImages(SavedModel model, ImagePreprocessing preprocessing, string path, CancellationToken cancellationToken)
    {
        if (IsIdx(path))
        {
            return LoadIdx(model, path);
        }

        string folder = ImageFolder.IsSplit(path) ? Path.Combine(path, "test") : path;
        return ImageFolder.Open(folder, model.Labels).Load(preprocessing, cancellationToken);
    }

    private static Dataset<Sample> LoadIdx(SavedModel model, string path)
    {
        LabeledImages test = Mnist.LoadTest(path);
        Shape shape = test.Images.Shape.Without(0);
        return shape == model.Network.InputShape
            ? test.ToDataset()
            : throw new UsageException($"{path}: the images have shape {shape}, but the model '{model.Name}' reads {model.Network.InputShape}.");
    }
}
