// Says what a picture shows, with a model that 'nabla train images' has written: dotnet run -c Release examples/classify.cs
#:project ../src/Nabla.Vision/Nabla.Vision.csproj
using Nabla;
using Nabla.Formats;
using Nabla.Vision;

SavedModel model = ModelFolder.Load("runs/shapes-model/model");
Tensor image = ImageReader.Read("runs/shapes/circle/0.png", model.Preprocessing!.Image!);
Tensor probabilities = model.Network.Forward(image.Reshape([1, .. image.Shape]));
foreach ((string label, float probability) in model.Labels.Zip(probabilities.ToArray<float>()))
{
    Console.WriteLine($"{label} {probability:P1}");
}
