using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Tests.Formats;

/// <summary>A model.json that leaves a field out is read as if the field had nothing to say, or refused.</summary>
public sealed class OmittedFieldTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Kinds { get; } = [.. Models.Keys];

    private static Dictionary<string, Func<SavedModel>> Models => new()
    {
        ["image"] = Image,
        ["table"] = Table,
        ["text"] = Text,
    };

    private string Description => folder.File("model/model.json");

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Without_any_one_field_a_model_is_read_or_refused(string kind)
    {
        ModelFolder.Save(folder.File("model"), Models[kind]());
        string whole = File.ReadAllText(Description);
        string[] fields = [.. Fields(JsonNode.Parse(whole)!).Distinct()];
        Assert.True(fields.Length > 20, $"only {fields.Length} fields");
        foreach (string field in fields)
        {
            File.WriteAllText(Description, Without(whole, field));
            try
            {
                SavedModel model = ModelFolder.Load(folder.File("model"));
                Assert.NotNull(model.Labels);
                Assert.NotNull(model.Training?.Settings ?? new Dictionary<string, string>());
            }
            catch (InvalidFileException error)
            {
                Assert.DoesNotContain("null", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("image", "labels")]
    [InlineData("image", "training.settings")]
    [InlineData("image", "training.metrics")]
    [InlineData("table", "preprocessing.table.columns[0].categories")]
    [InlineData("table", "preprocessing.table.target.classes")]
    [InlineData("table", "preprocessing.table.ignored")]
    public void Without_a_list_it_is_read_with_an_empty_one(string kind, string field)
    {
        Rewrite(kind, field);
        SavedModel model = ModelFolder.Load(folder.File("model"));
        int count = field switch
        {
            "labels" => model.Labels.Count,
            "training.settings" => model.Training!.Settings.Count,
            "training.metrics" => model.Training!.Metrics.Count,
            "preprocessing.table.ignored" => model.Preprocessing!.Table!.Ignored.Count,
            "preprocessing.table.target.classes" => model.Preprocessing!.Table!.Target.Classes.Count,
            _ => model.Preprocessing!.Table!.Columns[0].Categories.Count,
        };
        Assert.Equal(0, count);
    }

    [Fact]
    public void Whether_capital_letters_become_small_ones_is_to_be_said()
    {
        Rewrite("text", "preprocessing.text.lowerCase");
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("model")));
        Assert.Contains("without what belongs in it: $.preprocessing.text", error.Message, StringComparison.Ordinal);
    }

    private static SavedModel Image() => Trained(new Sequential([4, 4, 3], seed: 1, new Flatten(), new Dense(2)), new ModelPreprocessing(
        new ImagePreprocessing { Height = 4, Width = 4, Channels = 3 }));

    private static SavedModel Table()
    {
        TablePreprocessing preprocessing = TablePreprocessing.Fit(Csv("size,price\n1,2\n3,5\n4,9\n"), "price");
        return Trained(new Sequential([1], seed: 1, new Dense(1)), new ModelPreprocessing(Table: preprocessing)) with { Task = PredictionTask.Regression };
    }

    private static SavedModel Text() => Trained(new Sequential([3], seed: 1, new Embedding(4, 2), new Flatten(), new Dense(2)), new ModelPreprocessing(
        Text: new TextPreprocessing { Unit = TextUnit.Word, Length = 3, Vocabulary = [.. TextPreprocessing.SpecialTokens, "good", "bad"] }));

    private static SavedModel Trained(Sequential network, ModelPreprocessing preprocessing) => new("model", network)
    {
        Labels = network.OutputShape[-1] == 2 ? ["no", "yes"] : [],
        Preprocessing = preprocessing,
        Training = new TrainingRecord
        {
            Recipe = "test",
            Settings = new Dictionary<string, string> { ["optimizer"] = "adam" },
            Metrics = new Dictionary<string, double> { ["test_loss"] = 0.5 },
        },
    };

    private static CsvTable Csv(string text)
    {
        using StringReader reader = new(text);
        return CsvTable.Read(reader, "table.csv");
    }

    private static IEnumerable<string> Fields(JsonNode node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Fields(field.Value!).Prepend(field.Value!.GetPath()[2..])),
        JsonArray items => items.SelectMany(item => Fields(item!)),
        _ => [],
    };

    private static string Without(string json, string field)
    {
        JsonNode root = JsonNode.Parse(json)!;
        foreach (JsonObject parent in Objects(root).ToArray())
        {
            if (parent.FirstOrDefault(pair => pair.Value?.GetPath()[2..] == field) is { Key: { } name })
            {
                parent.Remove(name);
            }
        }

        return root.ToJsonString();
    }

    private static IEnumerable<JsonObject> Objects(JsonNode node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Objects(field.Value!)).Prepend(fields),
        JsonArray items => items.SelectMany(item => Objects(item!)),
        _ => [],
    };

    private void Rewrite(string kind, string field)
    {
        ModelFolder.Save(folder.File("model"), Models[kind]());
        string whole = File.ReadAllText(Description);
        string changed = Without(whole, field);
        Assert.True(changed.Length < JsonNode.Parse(whole)!.ToJsonString().Length, $"no field {field}");
        File.WriteAllText(Description, changed);
    }
}
