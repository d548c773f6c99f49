using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Keras.Tests;

/// <summary>
/// Models in files that libhdf5 wrote, as Keras 2 and Keras 3 lay them out; what they give was computed by TensorFlow.js' implementation of Keras'
/// layers, or by formulas in numpy (Data/make/make_models.py).
/// </summary>
public sealed class LoadingTests
{
    [Theory]
    [InlineData("cnn")]
    [InlineData("rnn")]
    [InlineData("sequence")]
    [InlineData("graph")]
    [InlineData("newer")]
    public void A_model_gives_what_another_program_gives(string name)
    {
        foreach (string ending in new[] { "h5", "keras" })
        {
            SavedModel model = KerasFile.Load(Golden.PathOf($"{name}.{ending}"));
            Assert.Equal(name, model.Name);
            Golden.Verify(name, model.Network);
            SavedModel outline = KerasFile.Outline(Golden.PathOf($"{name}.{ending}"));
            Assert.Equal(model.Network.State().Select(pair => (pair.Key, pair.Value.Type)), outline.Network.State().Select(pair => (pair.Key, pair.Value.Type)));
            Assert.All(outline.Network.State().Values, tensor => Assert.DoesNotContain(tensor.ToArray<float>(), value => value != 0));
        }
    }

    [Theory]
    [InlineData("cnn-weights.h5")]
    [InlineData("rnn.keras")]
    public void Data_sets_are_listed_without_being_read(string name) => Assert.Equal(
        KerasFile.ReadTensors(Golden.PathOf(name)).Select(pair => (pair.Key, pair.Value.Shape)),
        KerasFile.List(Golden.PathOf(name)).Select(tensor => (tensor.Name, tensor.Shape)));

    [Fact]
    public void Layers_keep_their_names()
    {
        Sequential network = KerasFile.Load(Golden.PathOf("cnn.keras")).Network;
        Assert.Equal("conv", network.Layers[0].Name);
        Assert.Contains("norm.variance", network.State().Keys);
        Sequential graph = KerasFile.Load(Golden.PathOf("graph.keras")).Network;
        Assert.Equal("graph", Assert.IsType<Functional>(Assert.Single(graph.Layers)).Name);
        Assert.Contains("graph.learnt.slope", graph.State().Keys);
    }
}
