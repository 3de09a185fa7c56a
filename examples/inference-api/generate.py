"""The Inference API from Python, as its documentation gives it. Needs: pip install requests"""

import base64
import os

import requests

url = os.environ["TINTYPE_ENDPOINT_URL"]
headers = {"Authorization": f"Bearer {os.environ.get('TINTYPE_ENDPOINT_TOKEN', '')}"}

response = requests.post(
    url,
    headers=headers,
    json={
        "inputs": "a fox in the snow at night",
        "negative_prompt": "moon",
        "height": 512,
        "width": 512,
        "guidance_scale": 7.5,
        "inference_steps": 25,
    },
    timeout=600,
)
response.raise_for_status()

with open("image.png", "wb") as file:
    file.write(base64.b64decode(response.json()["image"]))
print("image.png")
