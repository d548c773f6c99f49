using System.Text;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Tests.Formats.Statistics;

/// <summary>What is kept of training data.</summary>
public sealed class DataStatisticsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Columns_of_a_table_are_counted_in_their_own_unit()
    {
        CsvTable table = CsvTable.Read(folder.Write("t.csv", "age,town,sick\n20,Oslo,no\n30,Bergen,no\n40,,yes\n50,Oslo,yes\n60,Oslo,no\n"));
        TablePreprocessing preprocessing = TablePreprocessing.Fit(table, "sick");
        SavedModel model = new("sick", new Sequential([preprocessing.InputSize], 1, new Dense(2, ActivationKind.Softmax)))
        {
            Labels = preprocessing.Target.Classes,
            Preprocessing = new ModelPreprocessing(Table: preprocessing),
        };
        DataStatistics statistics = DataStatistics.From(model, preprocessing.Apply(table).ToDataset());
        Assert.Equal(5, statistics.Samples);
        Assert.Equal(["age", "town"], statistics.Features.Select(feature => feature.Name));
        Assert.Equal([20, 30, 40, 50], statistics.Features[0].Edges!, (left, right) => Math.Abs(left - right) < 2e-4);
        Assert.Equal([1, 1, 1, 1, 1], statistics.Features[0].Counts);
        Dictionary<string, long> towns = statistics.Features[1].Categories!.Zip(statistics.Features[1].Counts).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal((3, 1, 1), (towns["Oslo"], towns["Bergen"], towns["(missing)"]));
        Assert.Equal(["label", "confidence"], statistics.Outputs.Select(output => output.Name));
        Assert.Equal(preprocessing.Target.Classes, statistics.Outputs[0].Categories);
        Assert.Equal(5, statistics.Outputs[0].Counts.Sum());
    }

    [Fact]
    public void Pictures_are_known_by_brightness_contrast_and_colours()
    {
        SavedModel model = new("picture", new Sequential([2, 1, 3], 1, new Flatten(), new Dense(2, ActivationKind.Softmax))) { Labels = ["a", "b"] };
        Tensor pictures = Tensor.From([0.1f, 0.2f, 0.3f, 0.3f, 0.4f, 0.5f, 1f, 0f, 0f, 1f, 0f, 0f], [2, 2, 1, 3]);
        DataStatistics statistics = DataStatistics.From(model, Dataset.FromTensors(pictures));
        Assert.Equal(["brightness", "contrast", "red", "green", "blue"], statistics.Features.Select(feature => feature.Name));

        // The lower of two values bounds the first of two intervals: the means of 0.1 to 0.5 and of one colour alone, and deviations by hand.
        Assert.Equal([0.3, 0.1290994449, 0.2, 0, 0], statistics.Features.Select(feature => feature.Edges![0]), (left, right) => Math.Abs(left - right) < 2e-6);
    }

    [Fact]
    public void Texts_are_known_by_length_unknown_words_and_frequencies()
    {
        TextPreprocessing text = new() { Unit = TextUnit.Word, Length = 4, Vocabulary = [.. TextPreprocessing.SpecialTokens, .. Enumerable.Range(0, 40).Select(index => $"word{index}")] };
        SavedModel model = new("text", new Sequential([4], 1, new Embedding(42, 2), new Flatten(), new Dense(2, ActivationKind.Softmax)))
        {
            Labels = ["a", "b"],
            Preprocessing = new ModelPreprocessing(Text: text),
        };
        DataStatistics statistics = DataStatistics.From(model, Dataset.FromTensors(Tensor.From([2, 11, 1, 0, 12, 41, 0, 0], [2, 4])));
        Assert.Equal(["length", "unknown", "tokens"], statistics.Features.Select(feature => feature.Name));
        Assert.Equal(2, statistics.Features[0].Edges![0]);
        Assert.Equal(0, statistics.Features[1].Edges![0]);
        Dictionary<string, long> tokens = statistics.Features[2].Categories!.Zip(statistics.Features[2].Counts).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal((1, 2, 1, 1), (tokens["unknown"], tokens["to rank 10"], tokens["to rank 30"], tokens["to rank 100"]));
    }

    [Fact]
    public void What_is_always_the_same_tells_when_it_is_not()
    {
        FeatureCollection collection = new([new Feature("x")]);
        for (int round = 0; round < 10; round++)
        {
            collection.Number(0, 3);
        }

        FeatureStatistics feature = Assert.Single(collection.ToStatistics());
        Assert.Equal([0, 1, 1, 2], [feature.BinOf(2.9), feature.BinOf(3), feature.BinOf(3), feature.BinOf(3.1)]);
        Assert.Equal(0, feature.Compare([0, 9, 0]).PopulationStabilityIndex, 12);
        Assert.True(feature.Compare([0, 0, 9]).PopulationStabilityIndex > 1);
        Assert.True(feature.Compare([9, 0, 0]).PopulationStabilityIndex > 1);
    }

    [Fact]
    public void Each_interval_has_about_the_hundredth_part_and_its_upper_bound()
    {
        FeatureCollection collection = new([new Feature("x")]);
        foreach (int value in Enumerable.Range(1, 1000).Reverse())
        {
            collection.Number(0, value);
        }

        FeatureStatistics feature = Assert.Single(collection.ToStatistics());
        Assert.Equal(100, feature.BinCount);
        Assert.All(feature.Counts, count => Assert.InRange(count, 9, 11));
        Assert.Equal([0, 0, 1, 99], [feature.BinOf(double.NegativeInfinity), feature.BinOf(feature.Edges![0]), feature.BinOf(Math.BitIncrement(feature.Edges[0])), feature.BinOf(double.NaN)]);
    }

    [Fact]
    public void The_program_of_the_guide_keeps_statistics()
    {
        SavedModel model = WithStatistics() with { Statistics = null };
        Dataset<Sample> samples = Samples();
        string path = folder.File("flowers");
        model = model with { Statistics = DataStatistics.From(model, samples) };
        ModelFolder.Save(path, model);
        Assert.Equal(100, ModelFolder.Load(path).Statistics!.Samples);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("model.nabla")]
    public void A_model_keeps_its_statistics(string name)
    {
        SavedModel model = WithStatistics();
        ModelFolder.Save(folder.File(name), model);
        DataStatistics read = ModelFolder.Load(folder.File(name)).Statistics!;
        Assert.Equal(model.Statistics!.ToJson(), read.ToJson());
        Assert.Equal(model.Statistics.Features[1].Edges!, read.Features[1].Edges!);
        ModelFolder.Save(folder.File(name), model with { Statistics = null });
        Assert.Null(ModelFolder.Load(folder.File(name)).Statistics);
    }

    [Theory]
    [InlineData("""{"schema": 1""", "JSON")]
    [InlineData("""{"schema": 2, "statistics": {"samples": 1, "features": [], "outputs": []}}""", "schema 1, got 2")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 0, "features": [], "outputs": []}}""", "at least one sample")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 1, "features": [], "outputs": [], "more": 1}}""", "more")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 1, "features": [null], "outputs": []}}""", "got something else")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 1, "outputs": [], "features": [{"name": "x", "edges": [2, 1], "counts": [1, 1, 1]}]}}""", "feature 'x'")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 1, "outputs": [], "features": [{"name": "x", "edges": [1, 2], "counts": [1, 1]}]}}""", "feature 'x'")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 1, "outputs": [], "features": [{"name": "x", "edges": [1], "counts": [0, 0]}]}}""", "feature 'x'")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 1, "outputs": [], "features": [{"name": "x", "edges": [1], "counts": [2, -1]}]}}""", "feature 'x'")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 1, "outputs": [], "features": [{"name": "x", "counts": [2, 1]}]}}""", "feature 'x'")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 1, "outputs": [], "features": [{"name": "x", "categories": ["a", "a"], "counts": [2, 1]}]}}""", "feature 'x'")]
    [InlineData("""{"schema": 1, "statistics": {"samples": 1, "outputs": [], "features": [{"name": "x", "edges": [1], "counts": [2, 1]}, {"name": "x", "edges": [1], "counts": [2, 1]}]}}""", "distinct names")]
    [InlineData("null", "null")]
    public void A_file_that_no_data_gives_is_refused(string json, string part)
    {
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => DataStatistics.Parse(Encoding.UTF8.GetBytes(json), "statistics.json"));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("statistics.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_answer_something_else_have_none()
    {
        SavedModel model = WithStatistics() with { Task = PredictionTask.LanguageModel, Labels = [] };
        Assert.False(DataStatistics.Supports(model));
        Assert.Contains("'flowers'", Assert.Throws<ArgumentException>(() => DataStatistics.From(model, Samples())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DataStatistics.From(WithStatistics(), Samples().Take(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataStatistics.From(WithStatistics(), Samples(), 0));
    }

    [Fact]
    public void Some_of_many_samples_are_looked_at_from_all_over()
    {
        DataStatistics statistics = DataStatistics.From(WithStatistics(), Samples(), 10);
        Assert.Equal(10, statistics.Samples);
        Assert.True(statistics.Features[0].Edges![^1] > 70);
    }

    private static SavedModel WithStatistics()
    {
        SavedModel model = new("flowers", new Sequential([2], 1, new Dense(3, ActivationKind.Softmax))) { Labels = ["a", "b", "c"] };
        return model with { Statistics = DataStatistics.From(model, Samples()) };
    }

    private static Dataset<Sample> Samples() =>
        Dataset.FromTensors(Tensor.From([.. Enumerable.Range(0, 100).SelectMany(index => new[] { index, index / 7f })], [100, 2]));
}
