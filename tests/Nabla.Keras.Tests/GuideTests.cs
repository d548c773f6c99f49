using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Keras.Tests;

public sealed class GuideTests
{
    [Fact]
    public void The_code_of_the_guide_takes_a_model_over_and_gives_it_back()
    {
        using TemporaryFolder folder = new();
        (string kerasFile, string modelFile, string writtenFile) = (Golden.PathOf("cnn.keras"), folder.File("model.nabla"), folder.File("back.keras"));
        SavedModel model = KerasFile.Load(kerasFile);
        ModelFolder.Save(modelFile, model);
        KerasFile.Save(writtenFile, model);
        Golden.Verify("cnn", ModelFolder.Load(modelFile).Network);
        Golden.Verify("cnn", KerasFile.Load(writtenFile).Network);
    }
}
