using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Tests.Formats;

public sealed class ModelSignatureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Classes_of_fields_are_kept_in_the_third_schema_and_other_models_stay_in_the_second()
    {
        SavedModel model = Model();
        ModelFolder.Save(folder.File("plain"), model);
        Assert.Contains("\"schema\": 2", File.ReadAllText(folder.File("plain/model.json")), StringComparison.Ordinal);
        SavedModel classified = With(model, input => input with { Classification = FieldClassification.Personal });
        ModelFolder.Save(folder.File("classified"), classified);
        Assert.Contains("\"schema\": 3", File.ReadAllText(folder.File("classified/model.json")), StringComparison.Ordinal);
        SignatureTensor read = ModelFolder.Load(folder.File("classified")).Signature.Inputs[0];
        Assert.Equal(classified.Signature.Inputs[0], read);
        Assert.Null(ModelFolder.Load(folder.File("plain")).Signature.Inputs[0].Classification);
    }

    [Fact]
    public void A_class_of_a_column_that_the_model_does_not_read_is_refused()
    {
        SavedModel model = With(Model(), input => input with { Columns = new Dictionary<string, FieldClassification> { ["age"] = FieldClassification.Personal } });
        ArgumentException error = Assert.Throws<ArgumentException>(() => ModelFolder.Save(folder.File("model"), model));
        Assert.Contains("'age'", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("model")));
    }

    [Fact]
    public void A_class_that_does_not_exist_is_refused()
    {
        ModelFolder.Save(folder.File("model"), With(Model(), input => input with { Classification = FieldClassification.Sensitive }));
        string json = File.ReadAllText(folder.File("model/model.json")).Replace("Sensitive", "Secret", StringComparison.Ordinal);
        folder.Write("model/model.json", json);
        Assert.Contains("classification", Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("model"))).Message, StringComparison.Ordinal);
    }

    private static SavedModel Model() => new("small", new Sequential([4], seed: 1, new Dense(2, ActivationKind.Softmax))) { Labels = ["no", "yes"] };

    private static SavedModel With(SavedModel model, Func<SignatureTensor, SignatureTensor> change) =>
        model with { Signature = model.Signature with { Inputs = [change(model.Signature.Inputs[0])] } };
}
